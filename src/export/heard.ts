// heard.ts: what a receiver has said in its answers: the share of traces that it wants, and its time.

import type { Answer } from './answer.ts'
import type { createOffset } from './offset.ts'

/**
 * Keeps what a receiver's answers say besides "taken".
 * @param at gives a time of `now` in ms since the Unix epoch.
 * @param measure compares its clock to the page's: `createOffset`.
 */
export const createHeard = (
  at: (time: number) => number,
  now: () => number,
  measure?: typeof createOffset,
) => {
  const [note, offset] = measure?.() || []
  let rate: number | undefined
  return {
    /** Hears an answer to what was sent at `sent`, in ms of `now`. */
    hear: ({ sample, now: theirs }: Answer, sent: number): void => {
      rate = sample ?? rate
      if (theirs) note?.(at(sent), at(now()), theirs)
    },
    /** The share of new traces that it wants recorded, where it has said so. */
    rate: () => rate,
    /** Attributes of the resource that tell how far the clocks are apart. */
    offset,
  }
}
