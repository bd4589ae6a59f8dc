// Names and values as large as a request may be: they are kept, and no answer fails for them.

import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spansOf, startCollector, type TestCollector } from '../../../test/kit/collector.ts'
import { decodePlain } from '../src/ingest/decode-body.ts'
import { traceLimits } from '../src/ingest/read-values.ts'
import { mostTraceBytes, type TraceSummary } from '../src/store/store.ts'
import { newId, otlpOf, type Told } from './some-traces.ts'

let collector: TestCollector

beforeAll(async () => {
  collector = await startCollector()
}, 30_000)

afterAll(async () => {
  await collector.stop()
  await collector.clean()
})

const megabytes = (count: number) => 'x'.repeat(count * 1e6)

const send = async (traceId: string, ...spans: Told[]) => {
  const body = new Uint8Array(gzipSync(JSON.stringify(otlpOf(traceId, ...spans)), { level: 1 }))
  const { status } = await collector.post('/v1/traces', body, {
    'content-type': 'application/json',
  })
  expect(status).toBe(200)
}

test('lists cut a long name, and the trace has it whole', async () => {
  const traceId = newId(16)
  const long = 'n'.repeat(10_000)
  await send(traceId, { service: long, name: long })
  await collector.settled()
  const [found] = (await collector.get<{ traces: TraceSummary[] }>('/api/traces')).traces
  const names = [found!.rootService, found!.rootName, found!.services[0]!.name]
  expect(names.map(({ length }) => length)).toEqual([1000, 1000, 1000])
  for (const path of ['/api/services', '/api/routes'])
    expect((await (await fetch(collector.url + path)).text()).length).toBeLessThan(5000)
  expect(spansOf(await collector.trace(traceId))[0]!.name).toBe(long)
})

test('a span with a name of megabytes is left out alone, and a service with one refused', async () => {
  const traceId = newId(16)
  const json = { 'content-type': 'application/json' }
  const post = async (...spans: Told[]) => {
    const response = await collector.post(
      '/v1/traces',
      JSON.stringify(otlpOf(traceId, ...spans)),
      json,
    )
    return [response.status, await response.text()] as const
  }
  const [kept, told] = await post({ name: megabytes(1) }, { name: 'fine' })
  expect([kept, JSON.parse(told)]).toMatchObject([
    200,
    {
      partialSuccess: {
        rejectedSpans: '1',
        errorMessage: expect.stringContaining('.name: has 1000000') as string,
      },
    },
  ])
  const [refused, why] = await post({ service: megabytes(1) }, {})
  expect([refused, JSON.parse(why)]).toMatchObject([400, { error: { limit: 10_000 } }])
  expect(spansOf(await collector.trace(traceId)).map(({ name }) => name)).toEqual(['fine'])
})

test('of a trace larger than an answer can be, what fits is given, and said to be the beginning', async () => {
  const traceId = newId(16)
  const start = Date.now() - 60e3
  const size = traceLimits.spanBytes - 4
  const sent = Math.ceil(mostTraceBytes / size) + 40
  const spans = Array.from({ length: sent }, (_, n) => ({
    name: `part ${n}`,
    start: start + n,
    attributes: [{ key: 'big', value: { stringValue: 'x'.repeat(size) } }],
  }))
  for (let at = 0; at < sent; at += 60) await send(traceId, ...spans.slice(at, at + 60))
  await collector.settled()
  const trace = await collector.trace(traceId)
  expect(trace).toMatchObject({ truncated: true })
  const given = spansOf(trace).map(({ name }) => name)
  expect(given.length).toBeGreaterThan(mostTraceBytes / size - 2)
  expect(given.length).toBeLessThanOrEqual(mostTraceBytes / size)
  expect(given).toEqual(given.map((_, n) => `part ${n}`))
})

describe('a span of more bytes than may be', () => {
  const text = (length: number, unit = 'x') => ({ stringValue: unit.repeat(length) })
  const { spanBytes, aroundBytes } = traceLimits
  const one = (more: object, around: object = {}) => ({
    ...around,
    scopeSpans: [
      {
        spans: [
          {
            ...{ traceId: newId(16), spanId: newId(8), name: 'large' },
            ...{ startTimeUnixNano: '1700000000000000000', endTimeUnixNano: '0' },
            ...more,
          },
        ],
      },
    ],
  })
  const fine = one({ name: 'fine' })
  const decode = (group: object, accepted = false) =>
    decodePlain('json', Buffer.from(JSON.stringify({ resourceSpans: [fine, group] })), { accepted })
  const half = spanBytes / 2
  const attributes = (length: number, unit?: string) => [{ key: 'k', value: text(length, unit) }]

  test.each<[string, object, number]>([
    ['in one value', one({ attributes: attributes(spanBytes) }), spanBytes],
    ['of which a unit has three', one({ attributes: attributes(spanBytes / 3, '€') }), spanBytes],
    [
      'in attributes, events and links together',
      one({
        attributes: attributes(half),
        events: [{ name: 'e', attributes: attributes(half / 2) }],
        links: [{ attributes: attributes(half / 2) }],
      }),
      spanBytes,
    ],
    ['in its message', one({ status: { message: 'x'.repeat(spanBytes + 1) } }), spanBytes],
    ['in its state', one({ traceState: 'x'.repeat(spanBytes + 1) }), spanBytes],
    [
      'in what it came from',
      one({}, { resource: { attributes: attributes(aroundBytes) } }),
      aroundBytes,
    ],
  ])('%s is left out alone, with the reason', (_, group, limit) => {
    const { rows, rejected, because } = decode(group)
    expect([rows.map(({ name }) => name), rejected]).toEqual([['fine'], 1])
    expect(because).toMatchObject({ status: 400, limit })
    expect(because!.field).toMatch(/^resourceSpans\[1\]\.(resource|scopeSpans\[0\]\.spans\[0\])$/)
    expect(because!.reason).toMatch(/^has \d+ bytes/)
    // what was accepted when there was no such limit stays
    expect(decode(group, true).rows).toHaveLength(2)
  })

  test('is none up to the last byte', () => {
    // the name, and the letter that says what type a value has
    const most = spanBytes - 'k'.length - 1
    expect(decode(one({ attributes: attributes(most) })).rejected).toBe(0)
    expect(decode(one({ attributes: attributes(most + 1) })).rejected).toBe(1)
  })

  test('is counted, and its sender is told', async () => {
    const traceId = newId(16)
    const rejectedNow = async () =>
      (await collector.metrics()).get('lightspan_collector_rejected_spans_total{format="json"}') ??
      0
    const before = await rejectedNow()
    const large = { name: 'large', attributes: attributes(1e6) }
    const response = await collector.post(
      '/v1/traces',
      JSON.stringify(otlpOf(traceId, large, { name: 'fine' })),
      { 'content-type': 'application/json' },
    )
    expect([response.status, await response.json()]).toMatchObject([
      200,
      {
        partialSuccess: {
          rejectedSpans: '1',
          errorMessage: expect.stringMatching(/has \d+ bytes/) as string,
        },
      },
    ])
    expect(spansOf(await collector.trace(traceId)).map(({ name }) => name)).toEqual(['fine'])
    expect(await rejectedNow()).toBe(before + 1)
  })
})
