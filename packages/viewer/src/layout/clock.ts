// clock.ts: moments as text, exact to what is known.

const two = (value: number) => `${value}`.padStart(2, '0')

/** ns since the Unix epoch as local date and time with microseconds: `2026-11-24 09:21:23.123456`. */
export const formatMoment = (ns: bigint): string => {
  const at = new Date(Number(ns / 1_000_000n))
  const micros = `${(ns / 1000n) % 1_000_000n}`.padStart(6, '0')
  return `${formatDay(at)} ${formatTime(at)}.${micros}`
}

/** Local date: `2026-11-24`. */
export const formatDay = (at: Date): string =>
  `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`

/** Local time: `09:21:23`. */
export const formatTime = (at: Date): string =>
  `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`

/** How long ago, both in ms since the Unix epoch: `now`, `12 s ago`, `5 m ago`, `3 h ago`, `2 d ago`. */
export const formatAgo = (then: number, now: number): string => {
  const seconds = Math.floor((now - then) / 1000)
  if (seconds < -5) return 'in the future'
  if (seconds < 2) return 'now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ago`
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86400)} d ago`
}
