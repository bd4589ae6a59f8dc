// ids.ts: ids that need no place on the wire: a keyed permutation of a counter (docs/wire.md, "Ids").

/** Ids of one page load. */
export interface Ids {
  /** Four random words of 32 bits, drawn once per page load; whoever knows them knows the ids. */
  seed: readonly number[]
  /** The id of 16 lowercase hex digits that `counter` stands for; of two counters never the same. */
  at: (counter: number) => string
  /** 16 `bytes`: the next trace id, which takes two counters; 8: the next span id. */
  next: (bytes: number) => string
  /** The counter that an id of 16 digits stands for; undefined for an id that is none of ours. */
  find: (id: string) => number | undefined
  /** A trace id as the distance of its counter from `running`; undefined for one that is none of ours. */
  trace: (id: string, running: number) => number | undefined
}

// A Feistel network of eight rounds (Luby and Rackoff): with the keys reversed it is its own inverse. The
// round is MurmurHash3's finalizer.
const permute = (key: readonly number[], a: number, b: number): number[] => {
  for (const word of key) {
    let mixed = b ^ word
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    const next = a ^ mixed ^ (mixed >>> 16)
    a = b
    b = next
  }
  return [b, a]
}

/**
 * Ids of a page load, all bits of which look random to whoever does not know `seed` (W3C Trace
 * Context Level 2, "random").
 */
export const createIds = (seed: readonly number[]): Ids => {
  let counter = 0
  const forth = [...seed, ...seed]
  const back = [...forth].reverse()
  const at = (counter: number) =>
    permute(forth, 0, counter)
      .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
      .join('')
  const find = (id: string) => {
    const [high, low] = permute(back, parseInt(id.slice(0, 8), 16), parseInt(id.slice(8), 16))
    return high ? undefined : low! >>> 0
  }
  return {
    seed,
    at,
    next: (bytes) => (bytes > 8 ? at(counter++) : '') + at(counter++),
    find,
    trace: (id, running) => {
      const high = find(id.slice(0, 16))!
      return high <= running && find(id.slice(16)) == high + 1 ? high - running : undefined
    },
  }
}
