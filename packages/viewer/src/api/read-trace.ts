// read-trace.ts: OTLP/JSON (`TracesData`) to the viewer's Trace. Never throws on what OTLP allows.

import type { OtlpSpan, ResourceSpans, ScopeSpans, TracesData } from 'lightspan/wire'
import { fromMilliseconds } from '../layout/duration.ts'
import type { Attribute, Ending, Kind, ServiceClock, Span, Status, Trace } from './model.ts'
import { attributeOf, readAttributes } from './read-attributes.ts'

const kinds: Kind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const statuses: Status[] = ['unset', 'ok', 'error']

/** Bits of `Span.flags`, trace.proto: is "remote" known, and is the parent remote. */
const remoteKnown = 0x100
const remoteParent = 0x200

// Senders exist that write what is no integer; such a time is unknown, and one span's unknown time
// must not hide the rest of the trace.
const nanos = (text: unknown): bigint | undefined =>
  (typeof text == 'string' || typeof text == 'number') && /^\d+$/.test(`${text}`)
    ? BigInt(text)
    : undefined

interface Found {
  span: OtlpSpan
  from: ScopeSpans
  of: ResourceSpans
}

// The last wins where an id comes twice: it is the later word about the same span.
const collect = (data: TracesData) => {
  const found = new Map<string, Found>()
  for (const of of data.resourceSpans ?? [])
    for (const from of of.scopeSpans ?? [])
      for (const span of from.spans ?? []) found.set(span.spanId, { span, from, of })
  return [...found.values()]
}

const parentOf = ({ parentSpanId }: OtlpSpan) =>
  parentSpanId && !/^0+$/.test(parentSpanId) ? parentSpanId : undefined

const droppedOf = (span: OtlpSpan) =>
  (span.droppedAttributesCount ?? 0) +
  (span.droppedEventsCount ?? 0) +
  (span.droppedLinksCount ?? 0)

const endingOf = (attributes: readonly Attribute[]): Ending =>
  attributeOf(attributes, 'lightspan.open') == 'true'
    ? 'open'
    : attributeOf(attributes, 'lightspan.ended_by') == 'abandoned'
      ? 'abandoned'
      : 'received'

const readSpan = ({ span, from, of }: Found, origin: bigint): Span => {
  const resource = readAttributes(of.resource?.attributes)
  const start = nanos(span.startTimeUnixNano) ?? origin
  const end = nanos(span.endTimeUnixNano) ?? start
  const since = (time: bigint) => Number(time - origin)
  const attributes = readAttributes(span.attributes)
  return {
    id: span.spanId,
    parentId: parentOf(span),
    name: span.name || '(no name)',
    service: attributeOf(resource, 'service.name') || 'unknown service',
    kind: kinds[span.kind ?? 0] ?? 'unspecified',
    start: since(start),
    duration: Math.max(0, Number(end - start)),
    status: statuses[span.status?.code ?? 0] ?? 'unset',
    message: span.status?.message ?? '',
    ending: endingOf(attributes),
    remoteParent:
      (span.flags ?? 0) & remoteKnown ? !!((span.flags ?? 0) & remoteParent) : undefined,
    attributes,
    events: (span.events ?? []).map((it) => ({
      name: it.name,
      time: since(nanos(it.timeUnixNano) ?? start),
      attributes: readAttributes(it.attributes),
    })),
    links: (span.links ?? []).map((it) => ({
      traceId: it.traceId,
      spanId: it.spanId,
      attributes: readAttributes(it.attributes),
    })),
    resource,
    scope: [from.scope?.name, from.scope?.version].filter(Boolean).join(' '),
    dropped: droppedOf(span),
  }
}

/** What `GET /api/traces/{traceId}` answers (docs/query-api.md). */
export interface TraceAnswer extends TracesData {
  truncated?: boolean
  /** ms since the Unix epoch */
  start?: number
  /** ms */
  duration?: number
  clocks?: ServiceClock[]
}

// In ms it is exact to the µs; where the first span began in that, it says better.
const beganAt = (start: number | undefined, origin: bigint) => {
  const at = start === undefined ? origin : BigInt(Math.round(start * 1e3)) * 1000n
  return origin - at < 1000n && at - origin < 1000n ? origin : at
}

/**
 * Reads a trace as the query API gives it. A trace of no spans has origin 0 and duration 0. Where the answer does not
 * say when it began and how long it took, its spans do, as they stand.
 */
export const readTrace = (id: string, data: TraceAnswer): Trace => {
  const found = collect(data)
  let origin: bigint | undefined
  for (const { span } of found) {
    const start = nanos(span.startTimeUnixNano)
    if (start && (origin === undefined || start < origin)) origin = start
  }
  const spans = found.map((it) => readSpan(it, origin ?? 0n))
  spans.sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1))
  const duration = spans.reduce((most, it) => Math.max(most, it.start + it.duration), 0)
  return {
    id,
    origin: origin ?? 0n,
    duration,
    began: beganAt(data.start, origin ?? 0n),
    took: data.duration === undefined ? duration : fromMilliseconds(data.duration),
    clocks: data.clocks ?? [],
    spans,
    truncated: !!data.truncated,
  }
}
