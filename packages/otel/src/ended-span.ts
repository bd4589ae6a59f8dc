// ended-span.ts: a span that an OpenTelemetry SDK has ended, as data of Lightspan's.

import type { HrTime, Link, SpanContext as OtelSpanContext } from '@opentelemetry/api'
import type { SpanKind, SpanRecord, StatusCode } from 'lightspan'
import { toAttributes } from './attributes.ts'
import { millisOf } from './times.ts'

/** `ReadableSpan` of the OpenTelemetry SDK, 1.x or 2.x, as far as it is read. */
export interface EndedSpan {
  name: string
  kind: number
  spanContext: () => OtelSpanContext
  /** SDK 2.x. */
  parentSpanContext?: OtelSpanContext | undefined
  /** SDK 1.x. */
  parentSpanId?: string | undefined
  startTime: HrTime
  duration: HrTime
  status: { code: number; message?: string }
  attributes: object
  links: readonly Link[]
  events: readonly { name: string; time: HrTime; attributes?: object }[]
  resource: { attributes: object }
  /** SDK 2.x. */
  instrumentationScope?: { name: string; version?: string }
  /** SDK 1.x. */
  instrumentationLibrary?: { name: string; version?: string }
}

/** The spans of one resource and one scope. */
export interface Group {
  resource: object
  scope: { name: string; version: string }
  spans: EndedSpan[]
}

const scopeOf = (span: EndedSpan): { name: string; version?: string } =>
  span.instrumentationScope ?? span.instrumentationLibrary ?? { name: '' }

/** Puts spans together that may travel together. */
export const groupSpans = (spans: readonly EndedSpan[]): Group[] => {
  const groups: Group[] = []
  for (const span of spans) {
    const { name, version = '' } = scopeOf(span)
    const resource = span.resource.attributes
    const known = groups.find(
      (it) => it.resource === resource && it.scope.name == name && it.scope.version == version,
    )
    if (known) known.spans.push(span)
    else groups.push({ resource, scope: { name, version }, spans: [span] })
  }
  return groups
}

/** The span as a record. `origin` is what its times count from, in ms since the Unix epoch. */
export const toRecord = (span: EndedSpan, origin: number): SpanRecord => {
  const { traceId, spanId, traceState } = span.spanContext()
  const since = ([seconds, nanos]: HrTime) => seconds * 1e3 - origin + nanos / 1e6
  return {
    traceId,
    spanId,
    parentId: span.parentSpanContext?.spanId ?? (span.parentSpanId || undefined),
    remote: span.parentSpanContext?.isRemote || undefined,
    traceState: traceState?.serialize() || undefined,
    name: span.name,
    kind: (span.kind + 1) as SpanKind,
    start: since(span.startTime),
    duration: millisOf(span.duration),
    attributes: toAttributes(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      time: since(time),
      attributes: toAttributes(attributes),
    })),
    links: span.links.map(({ context, attributes }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
      attributes: toAttributes(attributes),
    })),
    status: span.status.code as StatusCode,
    message: span.status.message || undefined,
  }
}
