// Spans whose times are missing or run backwards: they are kept as they came, and spoil no sum.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { spansOf, startCollector, type TestCollector } from '../../../test/kit/collector.ts'
import type { TraceSummary } from '../src/store/store.ts'
import { newId } from './some-traces.ts'

const start = Date.now() - 60e3
const nanos = (ms: number) => BigInt(ms) * 1_000_000n

let collector: TestCollector
const traceId = newId(16)
const root = newId(8)
const times = (startMs?: number, lastsNs?: bigint) => ({
  ...(startMs && { startTimeUnixNano: `${nanos(startMs)}` }),
  ...(startMs && lastsNs !== undefined && { endTimeUnixNano: `${nanos(startMs) + lastsNs}` }),
})
const spans = [
  { name: 'checkout', spanId: root, ...times(start, 300_123_456n) },
  { name: 'no times', parentSpanId: root },
  { name: 'no end', parentSpanId: root, ...times(start + 100) },
  { name: 'ends early', parentSpanId: root, ...times(start + 200, -150_000_000n) },
].map((it) => ({ traceId, spanId: newId(8), kind: 2, ...it }))

beforeAll(async () => {
  collector = await startCollector()
  // a service for each, named as its span is
  const resourceSpans = spans.map((span) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: span.name } }] },
    scopeSpans: [{ spans: [span] }],
  }))
  const body = JSON.stringify({ resourceSpans })
  const { status } = await collector.post('/v1/traces', body, {
    'content-type': 'application/json',
  })
  expect(status).toBe(200)
  await collector.settled()
}, 30_000)

afterAll(async () => {
  await collector.stop()
  await collector.clean()
})

const search = async (query = '') => {
  const { traces } = await collector.get<{ traces: TraceSummary[] }>('/api/traces' + query)
  return traces
}

test('a span without times, or without an end, does not make its trace 50 years long', async () => {
  expect(await search()).toMatchObject([
    { rootName: 'checkout', start, duration: 300.123456, spans: 4 },
  ])
})

test('a span that ends before it starts, or does not say when, lasts 0 wherever durations are asked for', async () => {
  expect(await search('?maxDuration=0&name=no%20end')).toHaveLength(1)
  expect(await search('?maxDuration=0&name=ends%20early')).toHaveLength(1)
  const { routes } = await collector.get<{ routes: { name: string; p50: number; p99: number }[] }>(
    '/api/routes',
  )
  expect(routes.filter(({ name }) => name != 'checkout')).toMatchObject([
    { name: 'ends early', p50: 0, p99: 0 },
    { name: 'no end', p50: 0, p99: 0 },
  ])
})

test('a duration finds what it was read from, to the nanosecond', async () => {
  const [found] = await search()
  expect(await search(`?minDuration=${found!.duration}&name=checkout`)).toHaveLength(1)
  expect(await search(`?maxDuration=${found!.duration}&name=checkout`)).toHaveLength(1)
  expect(await search(`?minDuration=300.123457&name=checkout`)).toEqual([])
})

test('a service was last seen when a span of it began, where that says no end', async () => {
  const { services } = await collector.get<{ services: object[] }>('/api/services')
  expect(services).toMatchObject([
    { name: 'checkout' },
    { name: 'ends early', lastSeen: start + 200 },
    { name: 'no end', lastSeen: start + 100 },
  ])
})

test('the trace itself says what was sent', async () => {
  const trace = await collector.trace(traceId, 4)
  const told = new Map(spansOf(trace).map((it) => [it.name, it.endTimeUnixNano]))
  expect(told.get('no end')).toBe('0')
  expect(told.get('ends early')).toBe(`${nanos(start + 50)}`)
})
