// read-traces.ts: untrusted OTLP traces, in the shape of OTLP/JSON, as rows of the store.

import type { AnyValue, KeyValue, OtlpEvent, OtlpLink } from 'lightspan/wire'
import { toPairs, toText } from '../attribute-text.ts'
import { refuse } from '../refusal.ts'
import type { SpanRow } from '../span-row.ts'
import { hex, list, object, requiredHex, small, text, whole, type Fields } from './check.ts'

/** Bounds on one request; beyond them it is refused whole. */
export interface TraceLimits {
  /** Spans of one request. */
  spans: number
  /** Attributes of one span, event, link, resource or scope; events and links of one span. */
  entries: number
  /** Nesting of array and map values. */
  depth: number
}

export const traceLimits: TraceLimits = { spans: 10_000, entries: 1_000, depth: 8 }

const int64 = [-(2n ** 63n), 2n ** 63n - 1n] as const
const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']
const codes = ['UNSET', 'OK', 'ERROR']

// proto3 JSON allows an enum by number or by name.
const choice = (value: unknown, path: string, prefix: string, names: string[]): number => {
  const at = typeof value == 'string' ? names.indexOf(value.replace(prefix, '')) : -1
  return at >= 0 ? at : small(value, path, names.length - 1)
}

const double = (value: unknown, path: string): AnyValue => {
  const number = Number(value)
  if (typeof value != 'number' && (Number.isNaN(number) ? value !== 'NaN' : value === ''))
    throw refuse(400, path, 'expected a double')
  return { doubleValue: Number.isFinite(number) ? number : (String(number) as 'NaN') }
}

const anyValue = (value: unknown, path: string, { entries, depth }: TraceLimits): AnyValue => {
  if (value === undefined || value === null) return {}
  if (depth < 0) throw refuse(400, path, 'is nested too deeply')
  const limits = { spans: 0, entries, depth: depth - 1 }
  const it = object(value, path)
  if (it['stringValue'] !== undefined)
    return { stringValue: text(it['stringValue'], `${path}.stringValue`) }
  if (it['boolValue'] !== undefined) {
    if (typeof it['boolValue'] != 'boolean')
      throw refuse(400, `${path}.boolValue`, 'expected true or false')
    return { boolValue: it['boolValue'] }
  }
  if (it['intValue'] !== undefined)
    return { intValue: String(whole(it['intValue'], `${path}.intValue`, ...int64)) }
  if (it['doubleValue'] !== undefined) return double(it['doubleValue'], `${path}.doubleValue`)
  if (it['arrayValue'] !== undefined) {
    const at = `${path}.arrayValue.values`
    const values = list(object(it['arrayValue'], `${path}.arrayValue`)['values'], at, entries)
    return {
      arrayValue: { values: values.map((each, n) => anyValue(each, `${at}[${n}]`, limits)) },
    }
  }
  if (it['kvlistValue'] !== undefined) {
    const at = `${path}.kvlistValue`
    return {
      kvlistValue: { values: keyValues(object(it['kvlistValue'], at)['values'], at, limits) },
    }
  }
  if (it['bytesValue'] !== undefined)
    return { bytesValue: text(it['bytesValue'], `${path}.bytesValue`) }
  return {}
}

const keyValues = (value: unknown, path: string, limits: TraceLimits): KeyValue[] =>
  list(value, path, limits.entries).map((each, n) => {
    const at = `${path}[${n}]`
    const it = object(each, at)
    return {
      key: text(it['key'], `${at}.key`),
      value: anyValue(it['value'], `${at}.value`, limits),
    }
  })

const dropped = (it: Fields, field: 'droppedAttributesCount', path: string) => {
  const count = small(it[field], `${path}.${field}`)
  return count ? { [field]: count } : {}
}

const readEvent = (value: unknown, path: string, limits: TraceLimits): OtlpEvent => {
  const it = object(value, path)
  return {
    timeUnixNano: String(whole(it['timeUnixNano'], `${path}.timeUnixNano`, 0n, int64[1])),
    name: text(it['name'], `${path}.name`),
    attributes: keyValues(it['attributes'], `${path}.attributes`, limits),
    ...dropped(it, 'droppedAttributesCount', path),
  }
}

const readLink = (value: unknown, path: string, limits: TraceLimits): OtlpLink => {
  const it = object(value, path)
  const traceState = text(it['traceState'], `${path}.traceState`)
  const flags = small(it['flags'], `${path}.flags`)
  return {
    traceId: requiredHex(it['traceId'], `${path}.traceId`, 32),
    spanId: requiredHex(it['spanId'], `${path}.spanId`, 16),
    ...(traceState && { traceState }),
    attributes: keyValues(it['attributes'], `${path}.attributes`, limits),
    ...dropped(it, 'droppedAttributesCount', path),
    ...(flags && { flags }),
  }
}

const readMore = (it: Fields, path: string, limits: TraceLimits): string => {
  const events = list(it['events'], `${path}.events`, limits.entries)
  const links = list(it['links'], `${path}.links`, limits.entries)
  const droppedEventsCount = small(it['droppedEventsCount'], `${path}.droppedEventsCount`)
  const droppedLinksCount = small(it['droppedLinksCount'], `${path}.droppedLinksCount`)
  const more = {
    ...(events.length && {
      events: events.map((each, n) => readEvent(each, `${path}.events[${n}]`, limits)),
    }),
    ...(links.length && {
      links: links.map((each, n) => readLink(each, `${path}.links[${n}]`, limits)),
    }),
    ...dropped(it, 'droppedAttributesCount', path),
    ...(droppedEventsCount && { droppedEventsCount }),
    ...(droppedLinksCount && { droppedLinksCount }),
  }
  return Object.keys(more).length ? JSON.stringify(more) : ''
}

type Around = Pick<SpanRow, 'service' | 'resource' | 'scope'>

const readSpan = (value: unknown, path: string, limits: TraceLimits, around: Around): SpanRow => {
  const it = object(value, path)
  const parent = hex(it['parentSpanId'], `${path}.parentSpanId`, 16)
  const status = it['status'] ? object(it['status'], `${path}.status`) : {}
  const attributes = keyValues(it['attributes'], `${path}.attributes`, limits)
  return {
    traceId: BigInt('0x' + requiredHex(it['traceId'], `${path}.traceId`, 32)),
    spanId: BigInt('0x' + requiredHex(it['spanId'], `${path}.spanId`, 16)),
    parentId: parent ? BigInt('0x' + parent) : 0n,
    traceState: text(it['traceState'], `${path}.traceState`),
    flags: small(it['flags'], `${path}.flags`),
    name: text(it['name'], `${path}.name`),
    kind: choice(it['kind'], `${path}.kind`, 'SPAN_KIND_', kinds),
    startNs: whole(it['startTimeUnixNano'], `${path}.startTimeUnixNano`, 0n, int64[1]),
    endNs: whole(it['endTimeUnixNano'], `${path}.endTimeUnixNano`, 0n, int64[1]),
    status: choice(status['code'], `${path}.status.code`, 'STATUS_CODE_', codes),
    message: text(status['message'], `${path}.status.message`),
    // names are unique by the specification; where they are not, the last one counts
    attributes: new Map(attributes.map(({ key, value: it }) => [key, toText(it)])),
    more: readMore(it, path, limits),
    ...around,
  }
}

const readResource = (it: Fields, path: string, limits: TraceLimits) => {
  const resource = it['resource'] ? object(it['resource'], `${path}.resource`) : {}
  const attributes = keyValues(resource['attributes'], `${path}.resource.attributes`, limits)
  const schemaUrl = text(it['schemaUrl'], `${path}.schemaUrl`)
  const named = attributes.find(({ key }) => key == 'service.name')?.value.stringValue
  return {
    service: named || 'unknown_service',
    resource: JSON.stringify({
      attributes: toPairs(attributes),
      ...dropped(resource, 'droppedAttributesCount', `${path}.resource`),
      ...(schemaUrl && { schemaUrl }),
    }),
  }
}

const readScope = (it: Fields, path: string, limits: TraceLimits): string => {
  const scope = it['scope'] ? object(it['scope'], `${path}.scope`) : {}
  const name = text(scope['name'], `${path}.scope.name`)
  const version = text(scope['version'], `${path}.scope.version`)
  const attributes = keyValues(scope['attributes'], `${path}.scope.attributes`, limits)
  const schemaUrl = text(it['schemaUrl'], `${path}.schemaUrl`)
  return JSON.stringify({
    ...(name && { name }),
    ...(version && { version }),
    ...(attributes.length && { attributes: toPairs(attributes) }),
    ...dropped(scope, 'droppedAttributesCount', `${path}.scope`),
    ...(schemaUrl && { schemaUrl }),
  })
}

/**
 * Reads an `ExportTraceServiceRequest`. Lenient where proto3 JSON is: enums by name, 64-bit integers as
 * number or text, absent and null alike.
 * @throws a refusal with the path of the first thing that is wrong; then nothing of the request is used.
 */
export const readTraces = (data: unknown, limits = traceLimits): SpanRow[] => {
  const rows: SpanRow[] = []
  const groups = list(object(data, 'body')['resourceSpans'], 'resourceSpans', limits.spans)
  groups.forEach((group, g) => {
    const path = `resourceSpans[${g}]`
    const it = object(group, path)
    const resource = readResource(it, path, limits)
    list(it['scopeSpans'], `${path}.scopeSpans`, limits.spans).forEach((each, s) => {
      const at = `${path}.scopeSpans[${s}]`
      const inner = object(each, at)
      const around = { ...resource, scope: readScope(inner, at, limits) }
      list(inner['spans'], `${at}.spans`, limits.spans).forEach((span, n) => {
        if (rows.length >= limits.spans)
          throw refuse(400, 'resourceSpans', 'has too many spans in one request', limits.spans)
        rows.push(readSpan(span, `${at}.spans[${n}]`, limits, around))
      })
    })
  })
  return rows
}
