// received.ts: what a receiver got, flattened so that tests can say what they mean.

import { gunzipSync } from 'node:zlib'
import { decodeCompact, type AnyValue, type KeyValue, type TracesData } from 'lightspan/wire'

/** A span as it arrived. Times are ms since the Unix epoch. */
export interface ReceivedSpan {
  name: string
  traceId: string
  spanId: string
  parentSpanId: string | undefined
  flags: number
  kind: number
  start: number
  end: number
  status: number
  attributes: Record<string, unknown>
  resource: Record<string, unknown>
  events: { name: string; time: number; attributes: Record<string, unknown> }[]
  links: { traceId: string; spanId: string }[]
}

/** One request body that held spans. */
export interface ReceivedBatch {
  path: string
  contentType: string
  gzip: boolean
  bytes: number
  headers: Record<string, string | string[] | undefined>
  spans: ReceivedSpan[]
  /** Spans that its sender had lost before it, and by reason. */
  dropped: number
  drops: Record<string, number>
}

const plain = (value: AnyValue): unknown =>
  value.arrayValue
    ? (value.arrayValue.values ?? []).map(plain)
    : value.intValue !== undefined
      ? Number(value.intValue)
      : (value.stringValue ?? value.boolValue ?? value.doubleValue)

const record = (pairs: readonly KeyValue[] = []) =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, plain(value)]))

const millis = (nanos: string) => Number(BigInt(nanos) / 1000n) / 1000

/** OTLP as a flat list of spans. */
export const flatten = ({ resourceSpans }: TracesData): ReceivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId || undefined,
        flags: span.flags ?? 0,
        kind: span.kind ?? 0,
        start: millis(span.startTimeUnixNano),
        end: millis(span.endTimeUnixNano),
        status: span.status?.code ?? 0,
        attributes: record(span.attributes),
        resource: record(resource?.attributes),
        events: (span.events ?? []).map(({ name, timeUnixNano, attributes }) => ({
          name,
          time: millis(timeUnixNano),
          attributes: record(attributes),
        })),
        links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
      })),
    ),
  )

/** Reads a body in either format, compressed or not. */
export const readBatch = (
  path: string,
  headers: ReceivedBatch['headers'],
  body: Buffer,
): ReceivedBatch => {
  const gzip = body[0] == 0x1f && body[1] == 0x8b
  const text = (gzip ? gunzipSync(body) : body).toString()
  const { data, dropped, drops } = path.startsWith('/v1/traces')
    ? { data: JSON.parse(text) as TracesData, dropped: 0, drops: {} }
    : decodeCompact(text)
  return {
    path,
    gzip,
    headers,
    bytes: body.length,
    contentType: `${headers['content-type'] ?? ''}`,
    spans: flatten(data),
    dropped,
    drops,
  }
}
