// some-traces.ts: plain requests for tests.

import { randomBytes } from 'node:crypto'
import { encodeCompact, type SpanRecord, type TracesData } from 'lightspan/wire'
import { exportTraceServiceRequest } from '../src/ingest/otlp-messages.ts'
import type { Fields } from '../src/ingest/protobuf-reader.ts'
import { encodeProtobuf } from './encode-protobuf.ts'

export const newId = (bytes: number): string => '1' + randomBytes(bytes).toString('hex').slice(1)

const nanos = (ms: number) => `${BigInt(Math.round(ms * 1e3)) * 1000n}`

/** What a span is, besides its ids. Times are in ms. */
export interface Told {
  name?: string
  service?: string
  start?: number
  duration?: number
  spanId?: string
  parentSpanId?: string
  kind?: number
  status?: number
  attributes?: TracesData['resourceSpans'][0]['scopeSpans'][0]['spans'][0]['attributes']
  /** A copy of a span that has not ended. */
  open?: boolean
  session?: string
  tab?: string
}

const textPair = (key: string, stringValue: string) => ({ key, value: { stringValue } })

/** OTLP of one trace. */
export const otlpOf = (traceId: string, ...spans: Told[]): TracesData => ({
  resourceSpans: spans.map(({ service = 'shop', ...it }) => {
    const start = it.start ?? Date.now() - 1000
    return {
      resource: {
        attributes: [
          textPair('service.name', service),
          ...(it.tab ? [textPair('lightspan.tab.id', it.tab)] : []),
        ],
      },
      scopeSpans: [
        {
          spans: [
            {
              traceId,
              spanId: it.spanId ?? newId(8),
              ...(it.parentSpanId && { parentSpanId: it.parentSpanId }),
              name: it.name ?? 'GET /',
              kind: it.kind ?? 2,
              startTimeUnixNano: nanos(start),
              endTimeUnixNano: nanos(start + (it.duration ?? 10)),
              attributes: [
                ...(it.attributes ?? []),
                ...(it.session ? [textPair('session.id', it.session)] : []),
                ...(it.open ? [{ key: 'lightspan.open', value: { boolValue: true } }] : []),
              ],
              status: { code: it.status ?? 0 },
            },
          ],
        },
      ],
    }
  }),
})

export const toProtobuf = (data: TracesData): Buffer =>
  encodeProtobuf(data as unknown as Fields, exportTraceServiceRequest)

/** A compact batch of one span. */
export const compactOf = (traceId: string, more: Partial<SpanRecord> = {}, key?: string): string =>
  encodeCompact({
    resource: { 'service.name': 'shop-web' },
    scope: { name: 'test', version: '1' },
    origin: Date.now() - 5000,
    sent: 5000,
    ...(key && { key }),
    spans: [
      {
        traceId,
        spanId: newId(8),
        name: 'page load',
        kind: 1,
        start: 0,
        duration: 5,
        attributes: {},
        events: [],
        links: [],
        status: 0,
        ...more,
      },
    ],
  })

/** The three ways in. */
export const ways: {
  name: string
  path: string
  type: string
  body: (traceId: string) => string | Uint8Array<ArrayBuffer>
}[] = [
  {
    name: 'OTLP JSON',
    path: '/v1/traces',
    type: 'application/json',
    body: (traceId) => JSON.stringify(otlpOf(traceId, {})),
  },
  {
    name: 'OTLP protobuf',
    path: '/v1/traces',
    type: 'application/x-protobuf',
    body: (traceId) => new Uint8Array(toProtobuf(otlpOf(traceId, {}))),
  },
  { name: 'compact', path: '/v1/spans', type: 'text/plain', body: (traceId) => compactOf(traceId) },
]
