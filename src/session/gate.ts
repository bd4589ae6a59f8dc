// gate.ts: what may leave: everything, nothing, or nothing yet.

/** Whether the user agreed to be measured; `pending`: nobody has asked yet. */
export type Consent = 'granted' | 'denied' | 'pending'

/** How many items wait for an answer. */
const most = 1000

/**
 * Lets items through to `release` while `isOpen` says yes, throws them away on no, and keeps the first
 * thousand in memory while it is undecided. `lose` hears of the rest once the answer is yes: before it nothing
 * may be told.
 */
export const createGate = <Item>(
  isOpen: () => boolean | undefined,
  release: (item: Item) => void,
  lose: () => void,
) => {
  let held: Item[] = []
  let missed = 0
  return {
    pass: (item: Item): void => {
      const open = isOpen()
      if (open) release(item)
      else if (open === undefined) {
        if (held.length < most) held.push(item)
        else missed++
      }
    },
    /** Asks again, for what was held. */
    review: (): void => {
      const open = isOpen()
      if (open === undefined) return
      const items = held
      held = []
      if (open) items.forEach(release)
      for (; missed; missed--) if (open) lose()
    },
  }
}
