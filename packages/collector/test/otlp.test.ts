// Spans go in by OpenTelemetry's own exporters and by Lightspan's format, and come out as they were.

import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { SpanKind, SpanStatusCode, TraceFlags, type Link } from '@opentelemetry/api'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base'
import { encodeCompact, encodeOtlp, type Batch, type TracesData } from 'lightspan/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spansOf, startCollector, type TestCollector } from '../../../test/kit/collector.ts'

let collector: TestCollector
beforeAll(async () => {
  collector = await startCollector()
}, 30_000)
afterAll(async () => {
  await collector.stop()
  await collector.clean()
})

const linked: Link = {
  context: { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: TraceFlags.SAMPLED },
  attributes: { why: 'batch' },
}

const attributes = {
  text: 'Grüße ✓ 𝒳',
  empty: '',
  whole: 42,
  negative: -7,
  large: 9007199254740991,
  half: 0.5,
  tiny: 5e-324,
  yes: true,
  no: false,
  texts: ['a', 'b', ''],
  numbers: [1, -2, 3.5],
  flags: [true, false],
}

/** Makes a trace of two spans with the real SDK, and sends it by `exporter`. Returns its id. */
const send = async (exporter: SpanExporter) => {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'sdk', 'service.version': '1.2.3', n: 7 }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  const tracer = provider.getTracer('scope', '4.5.6')
  const start = Date.now()
  const root = tracer.startSpan('root', {
    kind: SpanKind.SERVER,
    startTime: start,
    links: [linked],
  })
  root.setAttributes(attributes)
  root.addEvent('happened', { at: 'once', times: 3 }, start + 1)
  root.recordException(new TypeError('no such thing'), start + 2)
  root.setStatus({ code: SpanStatusCode.ERROR, message: 'it failed' })
  root.end(start + 12.5)
  await provider.shutdown()
  return root.spanContext()
}

const value = (it: unknown): unknown =>
  typeof it == 'string'
    ? { stringValue: it }
    : typeof it == 'boolean'
      ? { boolValue: it }
      : Array.isArray(it)
        ? { arrayValue: { values: it.map(value) } }
        : Number.isInteger(it)
          ? { intValue: String(it) }
          : { doubleValue: it }

const pairs = (of: Record<string, unknown>) =>
  Object.entries(of).map(([key, it]) => ({ key, value: value(it) }))

describe.each([
  ['protobuf', () => new ProtobufExporter({ url: collector.url + '/v1/traces' })],
  ['JSON', () => new JsonExporter({ url: collector.url + '/v1/traces' })],
])("OpenTelemetry's exporter for %s", (_, make) => {
  test('is read back attribute for attribute', async () => {
    const { traceId, spanId } = await send(make())
    const { resourceSpans } = await collector.trace(traceId)
    const [group] = resourceSpans
    expect(group!.resource!.attributes).toEqual(
      expect.arrayContaining(pairs({ 'service.name': 'sdk', 'service.version': '1.2.3', n: 7 })),
    )
    const [inner] = group!.scopeSpans
    expect(inner!.scope).toMatchObject({ name: 'scope', version: '4.5.6' })
    const [span] = inner!.spans
    expect(span).toMatchObject({
      traceId,
      spanId,
      name: 'root',
      kind: 2,
      status: { code: 2, message: 'it failed' },
      links: [
        {
          traceId: linked.context.traceId,
          spanId: linked.context.spanId,
          attributes: pairs({ why: 'batch' }),
        },
      ],
    })
    expect(span!.attributes).toEqual(pairs(attributes))
    expect(BigInt(span!.endTimeUnixNano) - BigInt(span!.startTimeUnixNano)).toBe(12_500_000n)
    expect(span!.events).toMatchObject([
      { name: 'happened', attributes: pairs({ at: 'once', times: 3 }) },
      { name: 'exception' },
    ])
  })
})

const post = (path: string, body: BodyInit, type: string) =>
  fetch(collector.url + path, { method: 'POST', body, headers: { 'content-type': type } })

describe('every value that OTLP has', () => {
  const traceId = 'f'.repeat(31) + '1'
  const everything: TracesData = {
    resourceSpans: [
      {
        resource: {
          attributes: [{ key: 'service.name', value: { stringValue: 'all' } }],
          droppedAttributesCount: 2,
        },
        schemaUrl: 'https://opentelemetry.io/schemas/1.38.0',
        scopeSpans: [
          {
            scope: {
              name: 's',
              version: '1',
              attributes: [{ key: 'k', value: { boolValue: true } }],
              droppedAttributesCount: 1,
            },
            schemaUrl: 'https://example.com/schema',
            spans: [
              {
                traceId,
                spanId: '0'.repeat(15) + '1',
                traceState: 'a=1,b=2',
                parentSpanId: 'f'.repeat(16),
                flags: 0x301,
                name: '',
                kind: 5,
                startTimeUnixNano: '1764000000123456789',
                endTimeUnixNano: '1764000000123456790',
                attributes: [
                  { key: 'most', value: { intValue: '9223372036854775807' } },
                  { key: 'least', value: { intValue: '-9223372036854775808' } },
                  { key: 'nan', value: { doubleValue: 'NaN' } },
                  { key: 'infinite', value: { doubleValue: '-Infinity' } },
                  { key: 'double', value: { doubleValue: 1 } },
                  { key: 'bytes', value: { bytesValue: 'AAECAw==' } },
                  { key: 'nothing', value: {} },
                  {
                    key: 'map',
                    value: {
                      kvlistValue: {
                        values: [
                          {
                            key: 'inner',
                            value: { arrayValue: { values: [{ intValue: '1' }, {}] } },
                          },
                        ],
                      },
                    },
                  },
                  { key: '', value: { stringValue: 'a name that is empty' } },
                ],
                droppedAttributesCount: 3,
                events: [
                  {
                    timeUnixNano: '1764000000123456789',
                    name: 'e',
                    attributes: [{ key: 'x', value: { doubleValue: 0.1 } }],
                    droppedAttributesCount: 4,
                  },
                ],
                droppedEventsCount: 5,
                links: [
                  {
                    traceId: '1'.repeat(32),
                    spanId: '2'.repeat(16),
                    traceState: 'c=3',
                    attributes: [],
                    droppedAttributesCount: 6,
                    flags: 0x100,
                  },
                ],
                droppedLinksCount: 7,
                status: { code: 1, message: 'fine' },
              },
            ],
          },
        ],
      },
    ],
  }

  test('is read back as it was', async () => {
    await post('/v1/traces', JSON.stringify(everything), 'application/json')
    const { resourceSpans } = await collector.trace(traceId)
    expect({ resourceSpans }).toEqual(everything)
  })
})

interface Vector {
  name: string
  batch: Batch
}
const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/compact-v1.json', import.meta.url), 'utf8'),
) as Vector[]

describe('a compact batch', () => {
  test.each(vectors.filter(({ batch }) => batch.spans.length))(
    'is stored as the same spans in OTLP are: $name',
    async ({ batch }) => {
      const renamed = (traceId: string) => ({
        ...batch,
        spans: batch.spans.map((span) => ({ ...span, traceId })),
      })
      const unique = () => crypto.randomUUID().replaceAll('-', '')
      const [a, b] = [unique(), unique()]
      await post('/v1/spans', gzipSync(encodeCompact(renamed(a))), 'text/plain')
      await post('/v1/traces', encodeOtlp(renamed(b)), 'application/json')
      const count = batch.spans.length
      // a compact batch also says when it was sent, and so something of its clock
      const { resourceSpans: compact } = await collector.trace(a, count)
      const { resourceSpans: otlp } = await collector.trace(b, count)
      expect(JSON.parse(JSON.stringify(compact).replaceAll(a, b))).toEqual(otlp)
    },
  )

  test('is taken whatever its content type is, and without one', async () => {
    const { batch } = vectors[1]!
    for (const type of [
      'text/plain;charset=UTF-8',
      'application/json',
      'application/octet-stream',
    ]) {
      const answer = await post('/v1/spans', encodeCompact(batch), type)
      expect(answer.status).toBe(200)
    }
    const bare = await fetch(collector.url + '/v1/spans', {
      method: 'POST',
      body: new Uint8Array(gzipSync(encodeCompact(batch))),
    })
    expect(bare.status).toBe(200)
  })

  test('sent twice is stored once, and a later copy replaces an earlier one', async () => {
    const { batch } = vectors[1]!
    const traceId = 'abcdef'.padStart(32, '1')
    const of = (name: string) =>
      encodeCompact({ ...batch, spans: [{ ...batch.spans[0]!, traceId, name }] })
    await post('/v1/spans', of('open'), 'text/plain')
    await post('/v1/spans', of('open'), 'text/plain')
    expect(spansOf(await collector.trace(traceId))).toHaveLength(1)
    await post('/v1/spans', of('ended'), 'text/plain')
    for (const end = Date.now() + 5000; Date.now() < end;) {
      const spans = spansOf(await collector.trace(traceId))
      expect(spans).toHaveLength(1)
      if (spans[0]!.name == 'ended') return
    }
    throw new Error('the later copy did not come')
  })
})
