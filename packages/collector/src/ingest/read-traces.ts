// read-traces.ts: untrusted OTLP traces, in the shape of OTLP/JSON, as rows of the store.

import type { KeyValue, OtlpEvent, OtlpLink } from 'lightspan/wire'
import { toPairs } from '../attribute-text.ts'
import { refuse, type Refusal } from '../refusal.ts'
import type { SpanRow } from '../span-row.ts'
import {
  createEach,
  hex,
  isUnfit,
  object,
  requiredHex,
  small,
  text,
  unfit,
  whole,
  within,
  type Fields,
  type Place,
} from './check.ts'
import { attributeTexts, each, keyValues, traceLimits } from './read-values.ts'

/** Times that the store can hold, in ns since the Unix epoch. */
const times = [0n, 2n ** 63n - 1n] as const

interface Enum {
  prefix: string
  names: string[]
}
const kinds: Enum = {
  prefix: 'SPAN_KIND_',
  names: ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'],
}
const codes: Enum = { prefix: 'STATUS_CODE_', names: ['UNSET', 'OK', 'ERROR'] }

const eachSpan = createEach(traceLimits.spans)

// proto3 JSON allows an enum by number or by name.
const choice = (value: unknown, name: string, place: Place, { prefix, names }: Enum) => {
  const at = typeof value == 'string' ? names.indexOf(value.replace(prefix, '')) : -1
  return at >= 0 ? at : small(value, name, place, names.length - 1)
}

// Only what is there is written down.
const filled = <Name extends string, Value>(name: Name, value: Value) =>
  (value ? { [name]: value } : {}) as { [Key in Name]?: Value }

const dropped = (value: unknown, name: string, place: Place) =>
  filled(name, small(value, name, place))

const readEvent = (it: Fields, place: Place): OtlpEvent => ({
  timeUnixNano: String(whole(it.timeUnixNano, 'timeUnixNano', place, times)),
  name: text(it.name, 'name', place),
  attributes: keyValues(it.attributes, 'attributes', place),
  ...dropped(it.droppedAttributesCount, 'droppedAttributesCount', place),
})

// Of a link OpenTelemetry allows an id of zeros, where its attributes or its state say something.
const readLink = (it: Fields, place: Place): OtlpLink => ({
  traceId: hex(it.traceId, 'traceId', place, 32).padEnd(32, '0'),
  spanId: hex(it.spanId, 'spanId', place, 16).padEnd(16, '0'),
  ...filled('traceState', text(it.traceState, 'traceState', place)),
  attributes: keyValues(it.attributes, 'attributes', place),
  ...dropped(it.droppedAttributesCount, 'droppedAttributesCount', place),
  ...filled('flags', small(it.flags, 'flags', place)),
})

const readMore = (it: Fields, place: Place): string => {
  const events: OtlpEvent[] = []
  const links: OtlpLink[] = []
  each(it.events, 'events', place, (inner) => events.push(readEvent(inner, place)))
  each(it.links, 'links', place, (inner) => links.push(readLink(inner, place)))
  const more = {
    ...(events.length && { events }),
    ...(links.length && { links }),
    ...dropped(it.droppedAttributesCount, 'droppedAttributesCount', place),
    ...dropped(it.droppedEventsCount, 'droppedEventsCount', place),
    ...dropped(it.droppedLinksCount, 'droppedLinksCount', place),
  }
  return Object.keys(more).length ? JSON.stringify(more) : ''
}

interface Around extends Pick<SpanRow, 'service' | 'resource' | 'scope' | 'lagNs'> {
  /** Why no span of it can be kept. */
  because: Refusal | undefined
}

/** What is known of a request besides what it says. */
export interface Request {
  /** What all of its rows have (span-row.ts). */
  lagNs?: bigint | undefined
  /** It was accepted before, by the limits of its time: no number of bytes is too many. */
  accepted?: boolean
}

const shortName = (name: string, field: string, place: Place) => {
  if (name.length <= traceLimits.name) return name
  throw unfit(place, field, `has ${name.length} characters`, traceLimits.name)
}

/** Whether texts have more bytes than `limit` in UTF-8: how many they are then, and else undefined. */
const bytesBeyond = (limit: number, ...texts: readonly string[]) => {
  // three bytes a unit are the most: nearly all need no closer look
  if (texts.reduce((sum, it) => sum + it.length, 0) * 3 <= limit) return
  const bytes = texts.reduce((sum, it) => sum + Buffer.byteLength(it), 0)
  return bytes > limit ? bytes : undefined
}

const checkBytes = ({ attributes, more, message, traceState }: SpanRow, place: Place) => {
  const bytes = bytesBeyond(traceLimits.spanBytes, more, message, traceState, ...attributes)
  if (bytes !== undefined)
    throw unfit(place, undefined, `has ${bytes} bytes besides its name`, traceLimits.spanBytes)
}

// Known once for all the spans that it costs.
const aroundBeyond = (text: string, name: string, place: Place) => {
  const bytes = bytesBeyond(traceLimits.aroundBytes, text)
  if (bytes !== undefined) return unfit(place, name, `has ${bytes} bytes`, traceLimits.aroundBytes)
}

const readSpan = (it: Fields, place: Place, around: Around): SpanRow => {
  const [status, message] = within(it.status, 'status', place, (inner) => [
    choice(inner.code, 'code', place, codes),
    text(inner.message, 'message', place),
  ])
  return {
    traceId: requiredHex(it.traceId, 'traceId', place, 32),
    spanId: requiredHex(it.spanId, 'spanId', place, 16),
    parentId: hex(it.parentSpanId, 'parentSpanId', place, 16),
    traceState: text(it.traceState, 'traceState', place),
    flags: small(it.flags, 'flags', place),
    name: shortName(text(it.name, 'name', place), 'name', place),
    kind: choice(it.kind, 'kind', place, kinds),
    startNs: whole(it.startTimeUnixNano, 'startTimeUnixNano', place, times),
    endNs: whole(it.endTimeUnixNano, 'endTimeUnixNano', place, times),
    status,
    message,
    attributes: attributeTexts(it.attributes, 'attributes', place),
    more: readMore(it, place),
    service: around.service,
    resource: around.resource,
    scope: around.scope,
    lagNs: around.lagNs,
  }
}

/** The service of a resource; that of one that names none is the same (OTel resource conventions). */
export const serviceOf = (attributes: readonly KeyValue[] = []): string =>
  attributes.find(({ key }) => key == 'service.name')?.value.stringValue || 'unknown_service'

const readResource = (it: Fields, place: Place) => {
  const [attributes, lost] = within(it.resource, 'resource', place, (inner) => [
    keyValues(inner.attributes, 'attributes', place),
    dropped(inner.droppedAttributesCount, 'droppedAttributesCount', place),
  ])
  return {
    service: shortName(serviceOf(attributes), 'resource.service.name', place),
    resource: JSON.stringify({
      attributes: toPairs(attributes),
      ...lost,
      ...filled('schemaUrl', text(it.schemaUrl, 'schemaUrl', place)),
    }),
  }
}

const readScope = (it: Fields, place: Place): string => {
  const scope = within(it.scope, 'scope', place, (inner) => {
    const attributes = keyValues(inner.attributes, 'attributes', place)
    return {
      ...filled('name', text(inner.name, 'name', place)),
      ...filled('version', text(inner.version, 'version', place)),
      ...(attributes.length && { attributes: toPairs(attributes) }),
      ...dropped(inner.droppedAttributesCount, 'droppedAttributesCount', place),
    }
  })
  return JSON.stringify({
    ...scope,
    ...filled('schemaUrl', text(it.schemaUrl, 'schemaUrl', place)),
  })
}

/** What a request holds. */
export interface ReadTraces {
  rows: SpanRow[]
  /** Spans that were left out, and why the first of them was. */
  rejected: number
  because: Refusal | undefined
}

/**
 * Reads an `ExportTraceServiceRequest`. Lenient where proto3 JSON is: enums by name, 64-bit integers as
 * number or text, absent and null alike. A span that has the right types but cannot be kept, such as one
 * with an id of zeros, is rejected alone.
 * @throws a refusal with the path of the first thing that is wrong; then nothing of the request is used.
 */
export const readTraces = (data: unknown, { lagNs, accepted }: Request = {}): ReadTraces => {
  const read: ReadTraces = { rows: [], rejected: 0, because: undefined }
  const place: Place = []
  const { spans } = traceLimits

  const add = (span: Fields, around: Around) => {
    if (read.rows.length + read.rejected >= spans)
      throw refuse(400, 'resourceSpans', 'has too many spans in one request', spans)
    const depth = place.length
    try {
      const row = readSpan(span, place, around)
      if (!accepted) {
        if (around.because) throw around.because
        checkBytes(row, place)
      }
      read.rows.push(row)
    } catch (error) {
      if (!isUnfit(error)) throw error
      place.length = depth
      read.rejected++
      read.because ??= error
    }
  }
  eachSpan(object(data, place).resourceSpans, 'resourceSpans', place, (group) => {
    const resource = readResource(group, place)
    const large = aroundBeyond(resource.resource, 'resource', place)
    eachSpan(group.scopeSpans, 'scopeSpans', place, (inner) => {
      const scope = readScope(inner, place)
      const because = large ?? aroundBeyond(scope, 'scope', place)
      const around = { ...resource, scope, lagNs, because }
      eachSpan(inner.spans, 'spans', place, (span) => add(span, around))
    })
  })
  if (read.because && !read.rows.length) throw read.because
  return read
}
