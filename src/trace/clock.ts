// clock.ts: one monotonic time line per realm, and where it stands on the wall clock.

/** Times are ms since `origin`, which is in ms since the Unix epoch. */
export interface Clock {
  origin: number
  now: () => number
}

/** The platform's clock. Under workerd `timeOrigin` is 0 and `now()` is the wall clock itself. */
export const platformClock = (): Clock => ({
  origin: performance.timeOrigin,
  now: () => performance.now(),
})
