// clocks.ts: how the clocks of a trace's services stand to one another, as far as its spans and their senders tell.

/**
 * What spans of one service say that are children of another's: by how much the child's times may be moved
 * against the parent's, in ns.
 */
export interface Crossing {
  parent: string
  child: string
  /** With less a child would begin before its parent, without being what contains it. */
  least: bigint
  /** With more a request would be taken up after its client had done with it; null where no request is among them. */
  most: bigint | null
  /** With this, requests lie within what asked for them, where they are short enough; null as `most` is. */
  fit: bigint | null
}

/** Beyond any difference of two times of 64 bits. */
const far = 2n ** 80n

const least = (a: bigint, b: bigint) => (a < b ? a : b)
const most = (a: bigint, b: bigint) => (a > b ? a : b)

// All that is said of `service` by those whose place is known. Order binds, for nothing is seen before its cause;
// that a client waits does not, for it may have given up.
const boundsOf = (
  service: string,
  crossings: readonly Crossing[],
  shifts: ReadonlyMap<string, bigint>,
) => {
  const bounds = { from: -far, to: far, early: -far, earlyFit: -far, late: far, lateFit: far }
  let called = false
  for (const { parent, child, ...it } of crossings) {
    const known = shifts.get(parent == service ? child : parent)
    if (known === undefined) continue
    const isCall = it.most !== null && it.fit !== null
    called ||= isCall
    if (child == service) {
      bounds.from = most(bounds.from, known + it.least)
      if (!isCall) continue
      bounds.late = least(bounds.late, known + it.most!)
      bounds.lateFit = least(bounds.lateFit, known + it.fit!)
    } else {
      bounds.to = least(bounds.to, known - it.least)
      if (!isCall) continue
      bounds.early = most(bounds.early, known - it.most!)
      bounds.earlyFit = most(bounds.earlyFit, known - it.fit!)
    }
  }
  return { ...bounds, called }
}

const placeWithin = (
  wanted: bigint,
  { from, to, early, earlyFit, late, lateFit }: ReturnType<typeof boundsOf>,
) => {
  const at = wanted > late ? lateFit : wanted < early ? earlyFit : wanted
  // Where bounds contradict each other it is what lies between them that violates each the least.
  const [low, high] = from > to ? [to, from] : [from, to]
  return least(most(at, low), high)
}

/**
 * Finds what has to be added to the times of each service so that they are by the clock of `root`, in ns: as little
 * as makes what they say of one another possible, and nothing where it is. What their senders know (`offsets`, to be
 * added for the collector's clock) counts where no request went between two of them: the trace itself knows better.
 * A service that nothing leads to has no shift but by that.
 */
export const findShifts = (
  root: string,
  offsets: ReadonlyMap<string, bigint>,
  crossings: readonly Crossing[],
): Map<string, bigint> => {
  const shifts = new Map([[root, 0n]])
  const near = new Map<string, Crossing[]>()
  for (const it of crossings)
    for (const service of [it.parent, it.child]) {
      const known = near.get(service)
      if (known) known.push(it)
      else near.set(service, [it])
    }
  const offsetOf = (service: string) => offsets.get(service) ?? 0n
  // the map grows while it is walked: those that are near come first
  for (const [service, shift] of shifts)
    for (const { parent, child } of near.get(service) ?? []) {
      const other = parent == service ? child : parent
      if (shifts.has(other)) continue
      const bounds = boundsOf(other, near.get(other)!, shifts)
      const wanted = bounds.called ? shift : shift + offsetOf(other) - offsetOf(service)
      shifts.set(other, placeWithin(wanted, bounds))
    }
  for (const service of offsets.keys())
    if (!shifts.has(service)) shifts.set(service, offsetOf(service) - offsetOf(root))
  return shifts
}
