// pace.ts: how soon after a failure the receiver may be asked again.

/** In ms. */
const minute = 6e4

/** The pause after which nobody seems to be there, who is then asked once a minute, in ms. */
const longest = 2000

/**
 * Backs off by powers of two with jitter, from about 1 s, and comes down to one request a minute.
 * @returns the pause that is left, in ms; and what hears how a request went and what pause was asked for.
 */
export const createPace = () => {
  let wait = 0
  let until = 0
  const note = (taken: boolean, asked?: number) => {
    wait = taken ? 0 : wait < longest ? wait * 2 || 500 : minute
    until =
      performance.now() + Math.max(Math.min(asked || 0, 60 * minute), wait * (1 + Math.random()))
  }
  return [() => until - performance.now(), note] as const
}
