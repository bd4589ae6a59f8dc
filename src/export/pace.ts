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
  const note = (taken: boolean, asked = 0) => {
    failures = taken ? 0 : failures + 1
    const usual = failures > mostFailures ? minute : 250 * 2 ** failures
    const pause = Math.max(usual * (1 + Math.random()), Math.min(asked, 60 * minute))
    until = taken ? 0 : performance.now() + pause
  }
  return [() => until - performance.now(), note] as const
}
