// check.ts: small checks of untrusted values; each says the path of what it refuses.

import { refuse, type Refusal } from '../refusal.ts'

export type Fields = Record<string, unknown>

const kindOf = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`

/**
 * A value of the right type that is no good all the same. In a span it costs that span, not the request
 * (OTLP's partial success).
 */
export const unfit = (field: string, reason: string, limit?: number): Refusal & { unfit: true } =>
  Object.assign(refuse(400, field, reason, limit), { unfit: true as const })

export const object = (value: unknown, path: string): Fields => {
  if (typeof value != 'object' || value === null || Array.isArray(value))
    throw refuse(400, path, `expected an object, got ${kindOf(value)}`)
  return value as Fields
}

/** An object; absent and null are an empty one, as proto3 JSON has it. */
export const optional = (value: unknown, path: string): Fields =>
  value === undefined || value === null ? {} : object(value, path)

/** A list; absent and null are an empty one. */
export const list = (value: unknown, path: string, limit: number): unknown[] => {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw refuse(400, path, `expected a list, got ${kindOf(value)}`)
  if (value.length > limit) throw unfit(path, `has ${value.length} entries`, limit)
  return value
}

export const text = (value: unknown, path: string): string => {
  if (value === undefined || value === null) return ''
  if (typeof value != 'string') throw refuse(400, path, `expected a string, got ${kindOf(value)}`)
  return value
}

/** An id in hex, of either case. Absent, empty and all zero give undefined. */
export const hex = (value: unknown, path: string, digits: number): string | undefined => {
  const id = text(value, path)
  if (id == '') return undefined
  if (id.length != digits || !/^[\da-f]+$/i.test(id))
    throw unfit(path, `expected ${digits} hex digits`)
  return /^0+$/.test(id) ? undefined : id.toLowerCase()
}

export const requiredHex = (value: unknown, path: string, digits: number): string => {
  const id = hex(value, path, digits)
  if (!id) throw unfit(path, `expected ${digits} hex digits, not all zero`)
  return id
}

/** A whole number within bounds, as a number or in decimal. Absent and null are 0. */
export const whole = (value: unknown, path: string, least: bigint, most: bigint): bigint => {
  if (value === undefined || value === null) return 0n
  const isWhole =
    typeof value == 'number'
      ? Number.isInteger(value)
      : typeof value == 'string' && /^-?\d{1,20}$/.test(value)
  if (!isWhole) throw refuse(400, path, `expected a whole number, got ${kindOf(value)}`)
  const number = BigInt(value as string | number)
  if (number < least || number > most) throw unfit(path, `is outside ${least}..${most}`)
  return number
}

export const small = (value: unknown, path: string, most = 0xffff_ffff): number => {
  // nearly all are; the rest need words
  if (typeof value == 'number' && Number.isInteger(value) && value >= 0 && value <= most)
    return value
  return Number(whole(value, path, 0n, BigInt(most)))
}
