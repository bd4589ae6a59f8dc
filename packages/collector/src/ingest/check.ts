// check.ts: small checks of untrusted values; each says the path of what it refuses.

import { refuse } from '../refusal.ts'

export type Fields = Record<string, unknown>

const kindOf = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`

export const object = (value: unknown, path: string): Fields => {
  if (typeof value != 'object' || value === null || Array.isArray(value))
    throw refuse(400, path, `expected an object, got ${kindOf(value)}`)
  return value as Fields
}

/** A list; absent and null are an empty one, as proto3 JSON has it. */
export const list = (value: unknown, path: string, limit: number): unknown[] => {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw refuse(400, path, `expected a list, got ${kindOf(value)}`)
  if (value.length > limit) throw refuse(400, path, `has ${value.length} entries`, limit)
  return value
}

export const text = (value: unknown, path: string): string => {
  if (value === undefined || value === null) return ''
  if (typeof value != 'string') throw refuse(400, path, `expected a string, got ${kindOf(value)}`)
  return value
}

/** An id in hex, of either case. Empty and absent give undefined, unless it is required. */
export const hex = (value: unknown, path: string, digits: number): string | undefined => {
  const id = text(value, path)
  if (id == '') return undefined
  if (id.length != digits || !/^[\da-f]+$/i.test(id))
    throw refuse(400, path, `expected ${digits} hex digits`)
  return /^0+$/.test(id) ? undefined : id.toLowerCase()
}

export const requiredHex = (value: unknown, path: string, digits: number): string => {
  const id = hex(value, path, digits)
  if (!id) throw refuse(400, path, `expected ${digits} hex digits, not all zero`)
  return id
}

/** A whole number within bounds, as a number or in decimal. */
export const whole = (value: unknown, path: string, least: bigint, most: bigint): bigint => {
  if (value === undefined || value === null) return 0n
  const safe = typeof value == 'number' && Number.isInteger(value)
  if (!safe && !(typeof value == 'string' && /^-?\d{1,20}$/.test(value)))
    throw refuse(400, path, 'expected a whole number')
  const number = BigInt(value as string | number)
  if (number < least || number > most)
    throw refuse(400, path, `${number} is outside ${least}..${most}`)
  return number
}

export const small = (value: unknown, path: string, most = 0xffff_ffff): number =>
  Number(whole(value, path, 0n, BigInt(most)))
