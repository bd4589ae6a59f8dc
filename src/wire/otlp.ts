// otlp.ts: OTLP/JSON, the shape every OpenTelemetry backend reads (opentelemetry-proto 1.x,
// trace.proto and common.proto; ids as hex and 64-bit integers as decimal strings, as OTLP/JSON asks).

import type { Attributes, AttributeValue, SpanRecord } from '../trace/record.ts'
import type { Batch } from './batch.ts'
import { deepest, kindOf, textOf, timeOf } from './given.ts'

export interface AnyValue {
  stringValue?: string
  boolValue?: boolean
  /** A 64-bit integer in decimal. */
  intValue?: string | number
  doubleValue?: number | 'NaN' | 'Infinity' | '-Infinity'
  arrayValue?: { values?: AnyValue[] }
  kvlistValue?: { values?: KeyValue[] }
  /** base64 */
  bytesValue?: string
}

export interface KeyValue {
  key: string
  value: AnyValue
}

export interface OtlpEvent {
  /** ns since the Unix epoch, in decimal. */
  timeUnixNano: string
  name: string
  attributes?: KeyValue[]
  droppedAttributesCount?: number
}

export interface OtlpLink {
  traceId: string
  spanId: string
  traceState?: string
  attributes?: KeyValue[]
  droppedAttributesCount?: number
  flags?: number
}

export interface OtlpSpan {
  traceId: string
  spanId: string
  traceState?: string
  parentSpanId?: string
  flags?: number
  name: string
  kind?: number
  /** ns since the Unix epoch, in decimal. */
  startTimeUnixNano: string
  /** ns since the Unix epoch, in decimal. */
  endTimeUnixNano: string
  attributes?: KeyValue[]
  droppedAttributesCount?: number
  events?: OtlpEvent[]
  droppedEventsCount?: number
  links?: OtlpLink[]
  droppedLinksCount?: number
  status?: { code?: number; message?: string }
}

export interface Scope {
  name?: string
  version?: string
  attributes?: KeyValue[]
  droppedAttributesCount?: number
}

export interface ScopeSpans {
  scope?: Scope
  spans: OtlpSpan[]
  schemaUrl?: string
}

export interface ResourceSpans {
  resource?: { attributes?: KeyValue[]; droppedAttributesCount?: number }
  scopeSpans: ScopeSpans[]
  schemaUrl?: string
}

/** OTLP `ExportTraceServiceRequest` / `TracesData`. */
export interface TracesData {
  resourceSpans: ResourceSpans[]
}

// What is no value is text.
const anyValue = (value: AttributeValue, depth = deepest): AnyValue =>
  Array.isArray(value) && depth
    ? { arrayValue: { values: value.map((it: AttributeValue) => anyValue(it, depth - 1)) } }
    : typeof value == 'boolean'
      ? { boolValue: value }
      : typeof value == 'number'
        ? Number.isSafeInteger(value)
          ? { intValue: `${value}` }
          : // proto3 JSON spells what JSON has no number for: "NaN", "Infinity", "-Infinity"
            { doubleValue: isFinite(value) ? value : (`${value}` as 'NaN') }
        : { stringValue: textOf(value) }

const keyValues = (attributes: Attributes): KeyValue[] =>
  Object.entries(Object(attributes) as Attributes).flatMap(([key, value]) =>
    value === undefined ? [] : { key, value: anyValue(value) },
  )

/**
 * Encodes a batch as OTLP/JSON.
 * @returns the request body of `POST /v1/traces` with content type `application/json`.
 */
export const encodeOtlp = ({ resource, scope, origin, spans }: Batch): string => {
  // Epoch nanoseconds do not fit a double, so whole microseconds are written with three zeros.
  const micros = (time: number) => Math.round(timeOf(time) * 1e3)
  const nanos = (time: number, later = 0) => `${micros(origin) + micros(time) + micros(later)}000`
  const encodeSpan = (span: SpanRecord): OtlpSpan => ({
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentId && { parentSpanId: span.parentId }),
    ...(span.traceState && { traceState: textOf(span.traceState) }),
    // trace.proto: bit 0 sampled, bit 1 random, bit 8 "is remote" known, bit 9 parent is remote
    flags: span.remote ? 0x303 : 0x103,
    name: textOf(span.name),
    kind: kindOf(span.kind),
    startTimeUnixNano: nanos(span.start),
    endTimeUnixNano: nanos(span.start, span.duration),
    attributes: keyValues(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      name: textOf(name),
      timeUnixNano: nanos(time),
      attributes: keyValues(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      attributes: keyValues(attributes),
    })),
    status: {
      code: span.status,
      ...(span.message && { message: textOf(span.message) }),
    },
  })
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: keyValues(resource) },
        scopeSpans: [{ scope, spans: spans.map(encodeSpan) }],
      },
    ],
  } satisfies TracesData)
}
