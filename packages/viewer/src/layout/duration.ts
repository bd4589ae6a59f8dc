// duration.ts: nanoseconds as a person reads them.

const µs = 1e3
const ms = 1e6
const s = 1e9
const minute = 60 * s
const hour = 60 * minute
const day = 24 * hour

// Three digits that matter, and no tail of zeros: 3.12, 31.2, 312.
const digits = (value: number) =>
  value.toFixed(value < 9.995 ? 2 : value < 999.95 ? 1 : 0).replace(/\.?0+$/, '')

// Kept together on one line.
const space = '\u00a0'

/** A duration in ns, rounded to what the eye needs: `850 ns`, `31.2 µs`, `312.4 ms`, `1.24 s`, `2 m 5 s`, `12 d`. */
export const formatDuration = (ns: number): string => {
  const size = Math.abs(ns)
  const sign = ns < 0 ? '−' : ''
  if (size == 0) return '0' + space + 'ms'
  if (size < µs) return sign + Math.round(size) + space + 'ns'
  if (size < ms * 0.99995) return sign + digits(size / µs) + space + 'µs'
  if (size < s * 0.99995) return sign + digits(size / ms) + space + 'ms'
  if (size < minute) return sign + digits(size / s) + space + 's'
  if (size < hour) {
    const seconds = Math.round(size / s)
    return `${sign}${Math.floor(seconds / 60)}${space}m${space}${seconds % 60}${space}s`
  }
  // a clock that is wrong by years makes a trace as long
  if (size >= 2 * day) return sign + Math.round(size / day).toLocaleString('en') + space + 'd'
  const minutes = Math.round(size / minute)
  return `${sign}${Math.floor(minutes / 60)}${space}h${space}${minutes % 60}${space}m`
}

/** Labels for marks that are `step` ns apart: just the decimals that tell them from one another. */
export const formatTick = (ns: number, step: number): string => {
  const size = Math.abs(ns)
  if (size == 0) return formatDuration(0)
  const [unit, name]: [number, string] =
    size >= s ? [s, 's'] : size >= ms ? [ms, 'ms'] : size >= µs ? [µs, 'µs'] : [1, 'ns']
  const decimals = Math.max(0, Math.ceil(Math.log10(unit / step) - 1e-9))
  return (ns / unit).toFixed(Math.min(decimals, 9)) + space + name
}

/** The same in full, to the nanosecond: `312.400123 ms`. */
export const exactDuration = (ns: number): string => {
  const text = `${Math.abs(Math.round(ns))}`.padStart(7, '0')
  const fraction = text.slice(-6).replace(/0+$/, '')
  return `${ns < 0 ? '−' : ''}${text.slice(0, -6)}${fraction && '.' + fraction}${space}ms`
}

/** Milliseconds, as the query API speaks, to whole ns. */
export const fromMilliseconds = (value: number): number => Math.round(value * ms)
