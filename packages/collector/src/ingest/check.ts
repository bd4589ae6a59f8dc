// check.ts: small checks of untrusted values; each says the path of what it refuses.

import { refuse, type Refusal } from '../refusal.ts'

// Values are handed over, not looked up here by their names: that would cost the most of all.

export type Fields = Record<string, unknown>

/**
 * Where a reader is: names of fields and indices of lists, from the outside in. It becomes a path only
 * where something is refused.
 */
export type Place = (string | number)[]

const pathOf = (place: Place, name?: string) =>
  [...place, ...(name === undefined ? [] : [name])]
    .map((part, at) => (typeof part == 'number' ? `[${part}]` : at ? `.${part}` : part))
    .join('') || 'body'

const kindOf = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`

export const wrong = (place: Place, name: string | undefined, expected: string, value: unknown) =>
  refuse(400, pathOf(place, name), `expected ${expected}, got ${kindOf(value)}`)

/**
 * A value of the right type that is no good all the same. In a span it costs that span, not the request
 * (OTLP's partial success).
 */
export const unfit = (
  place: Place,
  name: string | undefined,
  reason: string,
  limit?: number,
): Refusal & { unfit: true } =>
  Object.assign(refuse(400, pathOf(place, name), reason, limit), { unfit: true as const })

export const isUnfit = (error: unknown): error is Refusal =>
  error instanceof Error && 'unfit' in error

const isObject = (value: unknown): value is Fields =>
  typeof value == 'object' && value !== null && !Array.isArray(value)

export const object = (value: unknown, place: Place): Fields => {
  if (!isObject(value)) throw wrong(place, undefined, 'an object', value)
  return value
}

/** Reads a field's object; absent and null are an empty one, as proto3 JSON has it. */
export const within = <Result>(
  value: unknown,
  name: string,
  place: Place,
  read: (inner: Fields) => Result,
): Result => {
  place.push(name)
  const result = read(object(value ?? {}, place))
  place.pop()
  return result
}

/** Builds a reader of a field's list of objects; absent and null are an empty one. */
export const createEach =
  (limit: number) =>
  (value: unknown, name: string, place: Place, read: (inner: Fields) => void): void => {
    if (value === undefined || value === null) return
    if (!Array.isArray(value)) throw wrong(place, name, 'a list', value)
    if (value.length > limit) throw unfit(place, name, `has ${value.length} entries`, limit)
    const last = place.push(name, 0) - 1
    for (let at = 0; at < value.length; at++) {
      place[last] = at
      read(object(value[at], place))
    }
    place.length = last - 1
  }

export const text = (value: unknown, name: string, place: Place): string => {
  if (typeof value == 'string') return value
  if (value === undefined || value === null) return ''
  throw wrong(place, name, 'a string', value)
}

/** An id as lowercase hex. Absent, empty and all zero give ''. */
export const hex = (value: unknown, name: string, place: Place, digits: number): string => {
  const id = text(value, name, place)
  if (id == '') return ''
  if (id.length != digits || !/^[\da-f]+$/i.test(id))
    throw unfit(place, name, `expected ${digits} hex digits`)
  return /^0+$/.test(id) ? '' : id.toLowerCase()
}

export const requiredHex = (value: unknown, name: string, place: Place, digits: number): string => {
  const id = hex(value, name, place, digits)
  if (!id) throw unfit(place, name, `expected ${digits} hex digits, not all zero`)
  return id
}

/** A whole number within bounds: a number, a bigint, or in decimal. Absent and null are 0. */
export const whole = (
  value: unknown,
  name: string,
  place: Place,
  [least, most]: readonly [bigint, bigint],
): bigint => {
  if (value === undefined || value === null) return 0n
  const isWhole =
    typeof value == 'bigint' ||
    (typeof value == 'number'
      ? Number.isInteger(value)
      : typeof value == 'string' && /^-?\d{1,20}$/.test(value))
  if (!isWhole) throw wrong(place, name, 'a whole number', value)
  const number = typeof value == 'bigint' ? value : BigInt(value as string | number)
  if (number < least || number > most) throw unfit(place, name, `is outside ${least}..${most}`)
  return number
}

export const small = (value: unknown, name: string, place: Place, most = 0xffff_ffff): number => {
  // nearly all are; the rest need words
  if (typeof value == 'number' && Number.isInteger(value) && value >= 0 && value <= most)
    return value
  return Number(whole(value, name, place, [0n, BigInt(most)]))
}
