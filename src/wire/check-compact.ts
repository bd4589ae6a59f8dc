// check-compact.ts: small checks of an untrusted batch; each names the member it refuses, and why.

import type { AnyValue, KeyValue } from './otlp.ts'

/** Bounds on what one batch may hold; a batch beyond them is refused whole. */
export interface CompactLimits {
  /** Spans in one batch. */
  spans: number
  /** Entries in any one list of the batch. */
  entries: number
  /** Attribute values, events and links of all spans together: columns repeat, so this is no matter of bytes. */
  references: number
  /** UTF-16 units of all strings that values refer to, counted each time. */
  text: number
  /** Nesting of array and map values. */
  depth: number
}

export const compactLimits: CompactLimits = {
  spans: 10_000,
  entries: 100_000,
  references: 1_000_000,
  text: 2 ** 26,
  depth: 8,
}

/** A batch that breaks the format: which field, and why. `name` is `CompactError`. */
export interface CompactError extends Error {
  field: string
  /** It is sound as far as it was read, and more than `CompactLimits` allow: in parts it may be taken. */
  beyond?: true
}

export const broken = (field: string, reason: string): CompactError =>
  Object.assign(new Error(`${field}: ${reason}`), { name: 'CompactError', field })

/** The error of a batch beyond a limit. */
export const beyond = (field: string, reason: string): CompactError =>
  Object.assign(broken(field, reason), { beyond: true as const })

export const object = (value: unknown, field: string): Record<string, unknown> => {
  if (typeof value != 'object' || value === null || Array.isArray(value))
    throw broken(field, 'expected an object')
  return value as Record<string, unknown>
}

export const list = (value: unknown, field: string, limit: number): unknown[] => {
  if (!Array.isArray(value)) throw broken(field, 'expected a list')
  if (value.length > limit)
    throw beyond(field, `has ${value.length} entries, the limit is ${limit}`)
  return value
}

export const whole = (
  value: unknown,
  field: string,
  from = 0,
  to = Number.MAX_SAFE_INTEGER,
): number => {
  if (!Number.isSafeInteger(value)) throw broken(field, 'expected a whole number')
  if ((value as number) < from || (value as number) > to)
    throw broken(field, `${value as number} is outside ${from}..${to}`)
  return value as number
}

export const text = (value: unknown, field: string): string => {
  if (typeof value != 'string') throw broken(field, 'expected a string')
  return value
}

/** Whether it is an id of that many digits (W3C Trace Context Level 2, sections 3.2.2.3 and 3.2.2.4). */
export const isId = (id: string, digits: number): boolean =>
  id.length == digits && /^[\da-f]+$/.test(id) && !/^0+$/.test(id)

export const hex = (value: unknown, field: string, digits: number): string => {
  const id = text(value, field)
  if (!isId(id, digits))
    throw broken(field, `expected ${digits} lowercase hex digits, not all zero`)
  return id
}

const tagged = (tag: string, it: unknown, field: string, depth: number): AnyValue => {
  if (tag == 'i') {
    if (!/^-?\d{1,19}$/.test(text(it, field))) throw broken(field, 'expected a 64-bit integer')
    if (BigInt.asIntN(64, BigInt(it as string)) != BigInt(it as string))
      throw broken(field, 'is beyond 64 bits')
    return { intValue: it as string }
  }
  if (tag == 'd') {
    const number = Number(text(it, field))
    if (it === '' || (Number.isNaN(number) && it !== 'NaN'))
      throw broken(field, 'expected a double')
    return { doubleValue: Number.isFinite(number) ? number : (it as 'NaN') }
  }
  if (tag == 'b') return { bytesValue: text(it, field) }
  if (tag == 'm') {
    const pairs = list(it, field, compactLimits.entries)
    if (pairs.length % 2) throw broken(field, 'has a name without a value')
    const values: KeyValue[] = []
    for (let at = 0; at < pairs.length; at += 2)
      values.push({ key: text(pairs[at], field), value: anyValue(pairs[at + 1], field, depth - 1) })
    return { kvlistValue: { values } }
  }
  throw broken(field, `unknown value tag ${JSON.stringify(tag)}`)
}

/** A value as it stands in a list of values, or in the table once its text and number are read. */
export const anyValue = (it: unknown, field: string, depth: number): AnyValue => {
  if (depth < 0) throw broken(field, 'nested too deeply')
  if (typeof it == 'string') return { stringValue: it }
  if (typeof it == 'boolean') return { boolValue: it }
  if (typeof it == 'number')
    return Number.isSafeInteger(it) ? { intValue: String(it) } : { doubleValue: it }
  if (it === null) return {}
  if (Array.isArray(it))
    return { arrayValue: { values: it.map((each) => anyValue(each, field, depth - 1)) } }
  const [entry, ...more] = Object.entries(it as object)
  if (!entry || more.length) throw broken(field, 'expected one tagged value')
  return tagged(entry[0], entry[1], field, depth)
}
