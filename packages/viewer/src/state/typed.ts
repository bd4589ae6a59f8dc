// typed.ts: what people type into the filter, understood.

const units: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 6e4 }

/** `250`, `250ms`, `1.5 s`, `80us` to ms; undefined where it is no duration above 0. */
export const parseDuration = (text: string): number | undefined => {
  const [, number, unit = ''] =
    /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(ns|us|µs|ms|s|m)?\s*$/i.exec(text) ?? []
  const value = Number(number) * (units[unit.toLowerCase()] ?? 1)
  return value > 0 && isFinite(value) ? value : undefined
}

/**
 * Splits `http.route=/cart user.name="Ada Lovelace" error.type` at spaces outside quotes; quotes
 * around a value are dropped, inside it they stay.
 */
export const parseAttributes = (text: string): string[] =>
  (text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [])
    .map((it) => it.replace(/^([^=]+=)"([^"]*)"?$/, '$1$2'))
    .filter((it) => it && !it.startsWith('='))

const offsets: Record<string, number> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 }

/** A time as the query API takes it, to ms since the Unix epoch; undefined where it is none. */
export const parseTime = (text: string, now: number): number | undefined => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  const [, number, unit = ''] = /^-(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? []
  if (number) return now - Number(number) * (offsets[unit] ?? 0)
  const at = Date.parse(text)
  return isNaN(at) ? undefined : at
}
