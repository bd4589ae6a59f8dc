// read-values.ts: untrusted OTLP values and attributes, in the shape of OTLP/JSON.

import type { AnyValue, KeyValue } from 'lightspan/wire'
import { refuse } from '../refusal.ts'
import { list, object, text, unfit, whole } from './check.ts'

/** Bounds on one request. */
export interface TraceLimits {
  /** Spans of one request, which is refused beyond them. */
  spans: number
  /** Attributes of one span, event, link, resource or scope; events and links of one span. */
  entries: number
  /** Nesting of array and map values. */
  depth: number
}

export const traceLimits: TraceLimits = { spans: 10_000, entries: 1_000, depth: 8 }

const int64 = [-(2n ** 63n), 2n ** 63n - 1n] as const

// proto3 JSON allows a double as text too, and spells what JSON has no number for.
const double = (value: unknown, path: string): AnyValue => {
  const spelled = typeof value == 'string' && value.trim() != '' && !/^[+-]?0[xob]/i.test(value)
  const number = typeof value == 'number' || spelled ? Number(value) : undefined
  if (number === undefined || (Number.isNaN(number) && value !== 'NaN'))
    throw refuse(400, path, 'expected a double')
  return { doubleValue: Number.isFinite(number) ? number : (String(number) as 'NaN') }
}

const anyValue = (value: unknown, path: string, { entries, depth }: TraceLimits): AnyValue => {
  if (value === undefined || value === null) return {}
  if (depth < 0) throw unfit(path, 'is nested too deeply', traceLimits.depth)
  const limits = { spans: 0, entries, depth: depth - 1 }
  const it = object(value, path)
  if (it['stringValue'] != null)
    return { stringValue: text(it['stringValue'], `${path}.stringValue`) }
  if (it['boolValue'] != null) {
    if (typeof it['boolValue'] != 'boolean')
      throw refuse(400, `${path}.boolValue`, 'expected true or false')
    return { boolValue: it['boolValue'] }
  }
  if (it['intValue'] != null)
    return { intValue: String(whole(it['intValue'], `${path}.intValue`, ...int64)) }
  if (it['doubleValue'] != null) return double(it['doubleValue'], `${path}.doubleValue`)
  if (it['arrayValue'] != null) {
    const at = `${path}.arrayValue.values`
    const values = list(object(it['arrayValue'], `${path}.arrayValue`)['values'], at, entries)
    return {
      arrayValue: { values: values.map((each, n) => anyValue(each, `${at}[${n}]`, limits)) },
    }
  }
  if (it['kvlistValue'] != null) {
    const at = `${path}.kvlistValue`
    return {
      kvlistValue: { values: keyValues(object(it['kvlistValue'], at)['values'], at, limits) },
    }
  }
  if (it['bytesValue'] != null) return { bytesValue: text(it['bytesValue'], `${path}.bytesValue`) }
  return {}
}

/** Attributes. */
export const keyValues = (value: unknown, path: string, limits: TraceLimits): KeyValue[] =>
  list(value, path, limits.entries).map((each, n) => {
    const at = `${path}[${n}]`
    const it = object(each, at)
    return {
      key: text(it['key'], `${at}.key`),
      value: anyValue(it['value'], `${at}.value`, limits),
    }
  })
