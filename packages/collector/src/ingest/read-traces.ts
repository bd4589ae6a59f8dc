// read-traces.ts: untrusted OTLP traces, in the shape of OTLP/JSON, as rows of the store.

import type { OtlpEvent, OtlpLink } from 'lightspan/wire'
import { toPairs, toText } from '../attribute-text.ts'
import { isRefusal, refuse, type Refusal } from '../refusal.ts'
import type { SpanRow } from '../span-row.ts'
import {
  hex,
  list,
  object,
  optional,
  requiredHex,
  small,
  text,
  whole,
  type Fields,
} from './check.ts'
import { keyValues, traceLimits, type TraceLimits } from './read-values.ts'

/** The latest time that the store can hold, in ns since the Unix epoch. */
const latest = 2n ** 63n - 1n

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']
const codes = ['UNSET', 'OK', 'ERROR']

// proto3 JSON allows an enum by number or by name.
const choice = (value: unknown, path: string, prefix: string, names: string[]): number => {
  const at = typeof value == 'string' ? names.indexOf(value.replace(prefix, '')) : -1
  return at >= 0 ? at : small(value, path, names.length - 1)
}

const dropped = (it: Fields, field: 'droppedAttributesCount', path: string) => {
  const count = small(it[field], `${path}.${field}`)
  return count ? { [field]: count } : {}
}

const readEvent = (value: unknown, path: string, limits: TraceLimits): OtlpEvent => {
  const it = object(value, path)
  return {
    timeUnixNano: String(whole(it['timeUnixNano'], `${path}.timeUnixNano`, 0n, latest)),
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
  const status = optional(it['status'], `${path}.status`)
  const attributes = keyValues(it['attributes'], `${path}.attributes`, limits)
  return {
    traceId: BigInt('0x' + requiredHex(it['traceId'], `${path}.traceId`, 32)),
    spanId: BigInt('0x' + requiredHex(it['spanId'], `${path}.spanId`, 16)),
    parentId: parent ? BigInt('0x' + parent) : 0n,
    traceState: text(it['traceState'], `${path}.traceState`),
    flags: small(it['flags'], `${path}.flags`),
    name: text(it['name'], `${path}.name`),
    kind: choice(it['kind'], `${path}.kind`, 'SPAN_KIND_', kinds),
    startNs: whole(it['startTimeUnixNano'], `${path}.startTimeUnixNano`, 0n, latest),
    endNs: whole(it['endTimeUnixNano'], `${path}.endTimeUnixNano`, 0n, latest),
    status: choice(status['code'], `${path}.status.code`, 'STATUS_CODE_', codes),
    message: text(status['message'], `${path}.status.message`),
    // names are unique by the specification; where they are not, the last one counts
    attributes: new Map(attributes.map(({ key, value: it }) => [key, toText(it)])),
    more: readMore(it, path, limits),
    ...around,
  }
}

const readResource = (it: Fields, path: string, limits: TraceLimits) => {
  const resource = optional(it['resource'], `${path}.resource`)
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
  const scope = optional(it['scope'], `${path}.scope`)
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

/** What a request holds. */
export interface ReadTraces {
  rows: SpanRow[]
  /** Spans that were left out, and why the first of them was. */
  rejected: number
  because: Refusal | undefined
}

const isUnfit = (error: unknown): error is Refusal => isRefusal(error) && 'unfit' in error

/**
 * Reads an `ExportTraceServiceRequest`. Lenient where proto3 JSON is: enums by name, 64-bit integers as
 * number or text, absent and null alike. A span that has the right types but cannot be kept, such as one
 * with an id of zeros, is rejected alone.
 * @throws a refusal with the path of the first thing that is wrong; then nothing of the request is used.
 */
export const readTraces = (data: unknown, limits = traceLimits): ReadTraces => {
  const read: ReadTraces = { rows: [], rejected: 0, because: undefined }
  const add = (span: unknown, path: string, around: Around) => {
    if (read.rows.length + read.rejected >= limits.spans)
      throw refuse(400, 'resourceSpans', 'has too many spans in one request', limits.spans)
    try {
      read.rows.push(readSpan(span, path, limits, around))
    } catch (error) {
      if (!isUnfit(error)) throw error
      read.rejected++
      read.because ??= error
    }
  }
  const groups = list(object(data, 'body')['resourceSpans'], 'resourceSpans', limits.spans)
  groups.forEach((group, g) => {
    const path = `resourceSpans[${g}]`
    const it = object(group, path)
    const resource = readResource(it, path, limits)
    list(it['scopeSpans'], `${path}.scopeSpans`, limits.spans).forEach((each, s) => {
      const at = `${path}.scopeSpans[${s}]`
      const inner = object(each, at)
      const around = { ...resource, scope: readScope(inner, at, limits) }
      list(inner['spans'], `${at}.spans`, limits.spans).forEach((span, n) =>
        add(span, `${at}.spans[${n}]`, around),
      )
    })
  })
  if (read.because && !read.rows.length) throw read.because
  return read
}
