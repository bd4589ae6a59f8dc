// slowest.ts: the slowest interactions of a view of the page (INP).

/** Interactions that are kept: one of them is the 98th percentile of up to 500. */
const mostSlow = 10

/** One interaction in this many is above the 98th percentile. */
const share = 50

/** As much of an Event Timing entry as is read. */
export type Timed = PerformanceEntry & { interactionId?: number }

/** How many interactions the page has had; 0 where the engine does not count them. */
export const interactions = () =>
  (performance as { interactionCount?: number }).interactionCount || 0

/**
 * Keeps the slowest interactions, each by its longest event.
 * @param before interactions of the page before this view.
 * @returns what takes the next entry; and what gives the latency of the slowest but one in fifty, in ms, and
 *   its entry.
 */
export const createSlowest = <Entry extends Timed>(before: number) => {
  let slow: Entry[] = []
  const see = (entry: Entry) => {
    const { interactionId, duration } = entry
    const same = slow.find((it) => it.interactionId == interactionId)
    if (!interactionId || (same && same.duration >= duration)) return
    slow = [...slow.filter((it) => it != same), entry]
      .sort((a, b) => b.duration - a.duration)
      .slice(0, mostSlow)
  }
  const pick = () => {
    const count = interactions() - before
    const entry = slow[Math.min(slow.length - 1, Math.floor(count / share))]
    // The first of the page is always told; in a later view one that is not took no 16 ms.
    return [entry ? entry.duration : count && before ? 8 : undefined, entry] as const
  }
  return [see, pick] as const
}
