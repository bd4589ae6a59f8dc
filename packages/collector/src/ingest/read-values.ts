// read-values.ts: untrusted OTLP attributes, in the shape of OTLP/JSON.

import type { AnyValue, KeyValue } from 'lightspan/wire'
import { toText } from '../attribute-text.ts'
import { createEach, text, unfit, whole, within, wrong, type Fields, type Place } from './check.ts'

/** Bounds on one request. */
export const traceLimits = {
  /** Spans of one request, which is refused beyond them. */
  spans: 10_000,
  /** Attributes of one span, event, link, resource or scope; events and links of one span. */
  entries: 1_000,
  /** Characters of a span's name and of its service's: those are columns that every list reads. */
  name: 10_000,
  /**
   * Bytes of one span, as the store has them: attributes, events, links, message and trace state. DuckDB reads 2,048
   * rows at a time: so many of the largest are half of its usual memory.
   */
  spanBytes: 2 ** 18,
  /** Bytes of one resource or scope, which the store has beside each of its spans. */
  aroundBytes: 2 ** 16,
  /** Nesting of array and map values. */
  depth: 8,
}

export const each = createEach(traceLimits.entries)

const int64 = [-(2n ** 63n), 2n ** 63n - 1n] as const

// proto3 JSON allows a double as text too, and spells what JSON has no number for.
const double = (it: Fields, place: Place): AnyValue => {
  const value = it.doubleValue
  const spelled = typeof value == 'string' && value.trim() != '' && !/^[+-]?0[xob]/i.test(value)
  const number = typeof value == 'number' || spelled ? Number(value) : undefined
  if (number === undefined || (Number.isNaN(number) && value !== 'NaN'))
    throw wrong(place, 'doubleValue', 'a double', value)
  return { doubleValue: Number.isFinite(number) ? number : (String(number) as 'NaN') }
}

const list = (it: Fields, place: Place, depth: number): AnyValue =>
  within(it.arrayValue, 'arrayValue', place, (inner) => {
    const values: AnyValue[] = []
    each(inner.values, 'values', place, (value) => {
      values.push(anyValue(value, place, depth))
    })
    return { arrayValue: { values } }
  })

const anyValue = (it: Fields, place: Place, depth = traceLimits.depth): AnyValue => {
  if (depth < 0) throw unfit(place, undefined, 'is nested too deeply', traceLimits.depth)
  if (it.stringValue != null) return { stringValue: text(it.stringValue, 'stringValue', place) }
  if (it.intValue != null) return { intValue: String(whole(it.intValue, 'intValue', place, int64)) }
  if (it.boolValue != null) {
    const value = it.boolValue
    if (typeof value != 'boolean') throw wrong(place, 'boolValue', 'true or false', value)
    return { boolValue: value }
  }
  if (it.doubleValue != null) return double(it, place)
  if (it.arrayValue != null) return list(it, place, depth - 1)
  if (it.kvlistValue != null)
    return within(it.kvlistValue, 'kvlistValue', place, (inner) => ({
      kvlistValue: { values: keyValues(inner.values, 'values', place, depth - 1) },
    }))
  if (it.bytesValue != null) return { bytesValue: text(it.bytesValue, 'bytesValue', place) }
  return {}
}

const readValue = (it: Fields, place: Place, depth?: number) =>
  within(it.value, 'value', place, (value) => anyValue(value, place, depth))

/** The attributes in a field, as they are. */
export const keyValues = (
  list: unknown,
  name: string,
  place: Place,
  depth?: number,
): KeyValue[] => {
  const read: KeyValue[] = []
  each(list, name, place, (inner) => {
    read.push({ key: text(inner.key, 'key', place), value: readValue(inner, place, depth) })
  })
  return read
}

/**
 * The attributes in a field as one list of names and texts (attribute-text.ts) by turns. Names are unique
 * by the specification; where they are not, the last one counts.
 */
export const attributeTexts = (list: unknown, name: string, place: Place): string[] => {
  const read: string[] = []
  const seen = new Set<string>()
  each(list, name, place, (inner) => {
    const key = text(inner.key, 'key', place)
    const value = toText(readValue(inner, place))
    if (seen.has(key)) read[read.indexOf(key) + 1] = value
    else read.push(key, value)
    seen.add(key)
  })
  return read
}
