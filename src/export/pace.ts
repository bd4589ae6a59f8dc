// pace.ts: how soon after a failure the receiver may be asked again.

/** Failures in a row after which nobody seems to be there, and is asked once a minute. */
const mostFailures = 3

/** In ms. */
const minute = 6e4

/**
 * Backs off by powers of two with jitter, from about 1 s, and comes down to one request a minute.
 * @returns the pause that is left, in ms; and what hears how a request went and what pause was asked for.
 */
export const createPace = () => {
  let failures = 0
  let until = 0
  const note = (taken: boolean, asked?: number) => {
    if (taken) failures = until = 0
    else {
      const usual = failures++ < mostFailures ? 250 * 2 ** failures : minute
      until =
        performance.now() + Math.max(usual * (1 + Math.random()), Math.min(asked || 0, 60 * minute))
    }
  }
  return [() => until - performance.now(), note] as const
}
