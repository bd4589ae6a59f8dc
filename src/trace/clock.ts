// clock.ts: one monotonic time line per realm, and where it stands on the wall clock.

import type { SpanRecord } from './record.ts'

/** Times are ms since `origin`, which is in ms since the Unix epoch. */
export interface Clock {
  origin: number
  now: () => number
}

/** By how much the two clocks may differ before one of them has jumped, in ms. */
const tolerance = 1000

/** Jumps that are remembered: a page that lives for months sleeps often. */
const mostJumps = 1000

/**
 * The platform's clock. Under workerd `timeOrigin` is 0 and `now()` is the wall clock itself. Where
 * `timeOrigin` comes from before a sleep of the machine, the wall clock says better.
 */
export const platformClock = (): Clock => {
  const { timeOrigin } = performance
  const skew = Date.now() - timeOrigin - performance.now()
  return {
    origin: Math.abs(skew) > tolerance ? timeOrigin + skew : timeOrigin,
    now: () => performance.now(),
  }
}

/**
 * Puts spans on the wall clock where that has run ahead of the monotonic one: a laptop that sleeps stops
 * the latter, and spans from after it would be backdated. A wall clock that is set back moves nothing, for
 * a child would come before its parent; what the time line is off by is measured where batches are
 * answered. Durations stay monotonic.
 * @returns what compares the clocks and moves a span, if there is one, to its segment; and what gives a
 *   time of now in ms since the Unix epoch.
 */
export const createTimeline = ({ origin, now }: Clock) => {
  const jumps: [since: number, shift: number][] = [] // the latest first
  let shift = 0
  let agreed = now()
  const place = (span?: SpanRecord) => {
    const time = now()
    const gap = Date.now() - origin - time - shift
    if (gap > tolerance) {
      // it was some time after the clocks were last seen to agree
      jumps.unshift([agreed, (shift += gap)])
      jumps.splice(mostJumps)
    }
    agreed = time
    for (const [since, by] of span ? jumps : [])
      if (since < span!.start) {
        span!.start += by
        for (const event of span!.events) event.time += by
        return
      }
  }
  return [place, (time: number) => origin + time + shift] as const
}
