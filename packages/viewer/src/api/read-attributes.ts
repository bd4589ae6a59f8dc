// read-attributes.ts: OTLP attribute values to text a person can read. Never throws.

import type { AnyValue, KeyValue } from 'lightspan/wire'
import type { Attribute } from './model.ts'

/** Deeper values are cut: whoever sent them did not mean them for reading. */
const deepest = 16

const plain = (value: AnyValue | undefined, depth = 0): unknown => {
  if (!value || depth > deepest) return null
  if (value.stringValue !== undefined) return value.stringValue
  if (value.boolValue !== undefined) return value.boolValue
  // as text where a double would round it
  if (value.intValue !== undefined) {
    const number = Number(value.intValue)
    return Number.isSafeInteger(number) ? number : `${value.intValue}`
  }
  if (value.doubleValue !== undefined) return value.doubleValue
  if (value.bytesValue !== undefined) return value.bytesValue
  if (value.arrayValue) return (value.arrayValue.values ?? []).map((it) => plain(it, depth + 1))
  if (value.kvlistValue)
    return Object.fromEntries(
      (value.kvlistValue.values ?? []).map((it) => [it.key, plain(it.value, depth + 1)]),
    )
  return null
}

const typeOf = (value: AnyValue | undefined): Attribute['type'] =>
  !value
    ? 'empty'
    : value.stringValue !== undefined
      ? 'string'
      : value.boolValue !== undefined
        ? 'boolean'
        : value.intValue !== undefined || value.doubleValue !== undefined
          ? 'number'
          : value.arrayValue
            ? 'list'
            : value.kvlistValue
              ? 'map'
              : value.bytesValue !== undefined
                ? 'bytes'
                : 'empty'

/** Reads attributes in the order they came. */
export const readAttributes = (list: KeyValue[] | undefined): Attribute[] =>
  (list ?? []).map(({ key, value }) => {
    const read = plain(value)
    const text =
      read === null ? '' : typeof read == 'object' ? JSON.stringify(read) : `${read as string}`
    return { key, value: text, type: typeOf(value) }
  })

/** The text of one attribute, or undefined where it is absent. */
export const attributeOf = (attributes: readonly Attribute[], key: string): string | undefined =>
  attributes.find((it) => it.key == key)?.value
