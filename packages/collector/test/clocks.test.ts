// Clocks differ: a trace takes as long as it took, its times stay as they came, and what is known of its clocks is told.

import { encodeCompact, type SpanRecord } from 'lightspan/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spansOf, startCollector, type TestCollector } from '../../../test/kit/collector.ts'
import { decodePlain } from '../src/ingest/decode-body.ts'
import type { StoredTrace, TraceSummary } from '../src/store/store.ts'
import { newId, otlpOf, type Told } from './some-traces.ts'

const minute = 60e3
const start = Date.now() - 20 * minute
const [internal, server, client, producer, consumer] = [1, 2, 3, 4, 5]

let collector: TestCollector
beforeAll(async () => {
  collector = await startCollector()
}, 30_000)
afterAll(async () => {
  await collector.stop()
  await collector.clean()
})

const stored = async (traceId: string) => {
  await collector.settled()
  const { traces } = await collector.get<{ traces: TraceSummary[] }>(
    `/api/traces?from=-1d&to=${Date.now() + 60 * minute}&limit=1000`,
  )
  const trace = await collector.get<StoredTrace>('/api/traces/' + traceId)
  return { listed: traces.find((it) => it.traceId == traceId)!, trace }
}

const post = async (...spans: Told[]) => {
  const traceId = newId(16)
  const body = JSON.stringify(otlpOf(traceId, ...spans))
  const type = { 'content-type': 'application/json' }
  expect((await collector.post('/v1/traces', body, type)).status).toBe(200)
  return stored(traceId)
}

const record = (traceId: string, more: Partial<SpanRecord>): SpanRecord => ({
  traceId,
  spanId: newId(8),
  name: 'page load',
  kind: internal as 1,
  start: 0,
  duration: 300,
  attributes: {},
  events: [],
  links: [],
  status: 0,
  ...more,
})

// A page whose clock is `ahead`, in ms; the batch leaves as it is made.
const postPage = (ahead: number, spans: SpanRecord[], resource = {}) =>
  collector.post(
    '/v1/spans',
    encodeCompact({
      resource: { 'service.name': 'web', ...resource },
      scope: { name: 'test', version: '1' },
      origin: Date.now() - 1000 + ahead,
      sent: 1000,
      spans,
    }),
  )

// A page asks an edge, which asks a backend and puts something into a queue.
const buy = (ahead: { edge?: number; orders?: number } = {}, more: Told[] = []): Told[] => {
  const [click, fetched, served, asked] = [newId(8), newId(8), newId(8), newId(8)]
  const { edge = 0, orders = 0 } = ahead
  const page = { service: 'web' }
  return [
    { ...page, name: 'click Buy', spanId: click, kind: internal!, start, duration: 300 },
    {
      ...page,
      name: 'POST',
      spanId: fetched,
      parentSpanId: click,
      kind: client!,
      start: start + 10,
      duration: 250,
    },
    {
      service: 'edge',
      name: 'POST /buy',
      spanId: served,
      parentSpanId: fetched,
      kind: server!,
      start: start + 30 + edge,
      duration: 200,
    },
    {
      service: 'edge',
      name: 'POST',
      spanId: asked,
      parentSpanId: served,
      kind: client!,
      start: start + 40 + edge,
      duration: 150,
    },
    {
      service: 'orders',
      name: 'POST /orders',
      parentSpanId: asked,
      kind: server!,
      start: start + 50 + orders,
      duration: 100,
    },
    ...more.map((it) => ({ parentSpanId: served, ...it })),
  ]
}

describe('a trace takes as long as it took, by the clock of what began it', () => {
  test.each([
    ['agree', {}],
    ['of a server is two minutes ahead', { edge: 2 * minute }],
    ['of a server is two minutes behind', { edge: -2 * minute }],
    ['of the servers are ahead together', { edge: 2 * minute, orders: 2 * minute }],
    ['of two servers are ahead and behind', { edge: 5 * minute, orders: -3 * minute }],
  ])('where clocks %s', async (_, ahead) => {
    const { listed, trace } = await post(...buy(ahead))
    expect(listed).toMatchObject({ rootName: 'click Buy', start, duration: 300, spans: 5 })
    expect(trace).toMatchObject({ start, duration: 300 })
  })

  test('what was put off is part of it, however much later it was done', async () => {
    const late = { service: 'mail', name: 'send', kind: consumer!, start: start + 40e3 }
    expect((await post(...buy({}, [{ ...late, duration: 500 }]))).listed.duration).toBe(40_500)
    // also where another service's clock is off
    const skewed = await post(...buy({ orders: -minute }, [{ ...late, duration: 500 }]))
    expect(skewed.listed.duration).toBe(40_500)
  })

  test('a consumer whose clock is behind began no earlier than what it was told', async () => {
    const sent = newId(8)
    const { listed } = await post(
      { service: 'shop', name: 'buy', spanId: sent, kind: producer!, start, duration: 5 },
      {
        service: 'mail',
        name: 'send',
        parentSpanId: sent,
        kind: consumer!,
        start: start - minute,
        duration: 70,
      },
    )
    expect(listed).toMatchObject({ start, duration: 70 })
  })

  test('a server that goes on after its client gave up is counted to its end', async () => {
    const [root, short] = [newId(8), newId(8)]
    const at = { parentSpanId: root, service: 'orders', kind: server! }
    const { listed } = await post(
      { service: 'web', name: 'GET', spanId: root, kind: client!, start, duration: 100 },
      { ...at, name: 'slow', spanId: short, start: start + 20, duration: 900 },
      { ...at, name: 'short', start: start + 60, duration: 70 },
    )
    expect(listed).toMatchObject({ start, duration: 920 })
  })

  test('one late request moves no clock further than the others allow', async () => {
    const root = newId(8)
    const calls = [0, 100, 200].map((at) => ({ at, id: newId(8) }))
    const { listed } = await post(
      { service: 'web', name: 'click', spanId: root, kind: internal!, start, duration: 300 },
      ...calls.flatMap(({ at, id }) => [
        {
          service: 'web',
          name: 'GET',
          spanId: id,
          parentSpanId: root,
          kind: client!,
          start: start + at,
          duration: 50,
        },
        {
          service: 'orders',
          name: 'GET /',
          parentSpanId: id,
          kind: server!,
          // the last one waited in a queue long after its client had gone
          start: start + at + (at == 200 ? 5000 : 10),
          duration: 20,
        },
      ]),
    )
    // the others began 10 ms after their clients
    expect(listed.duration).toBe(5220 - 10)
  })

  test.each([
    ['behind', -2 * minute],
    ['ahead', 2 * minute],
  ])('a page load whose parent is what served it, by a clock that is %s', async (_, ahead) => {
    const [traceId, parentSpanId] = [newId(16), newId(8)]
    const served = {
      service: 'edge',
      name: 'GET /',
      spanId: parentSpanId,
      start: Date.now() - 900,
      duration: 50,
    }
    await collector.post('/v1/traces', JSON.stringify(otlpOf(traceId, served)), {
      'content-type': 'application/json',
    })
    await postPage(ahead, [record(traceId, { parentId: parentSpanId })])
    const { listed } = await stored(traceId)
    expect(listed).toMatchObject({ rootName: 'GET /', spans: 2 })
    expect(listed.duration).toBeGreaterThanOrEqual(300)
    // how long the batch was on its way cannot be told from a clock
    expect(listed.duration).toBeLessThan(5000)
  })
})

describe('what is known of a clock', () => {
  test('is told beside the times, and they stay as they came', async () => {
    const spans = buy({ edge: 2 * minute })
    const { trace } = await post(...spans)
    const shifts = new Map(trace.clocks.map((it) => [it.service, it.shift]))
    expect(shifts.get('web')).toBeUndefined()
    // exactly as much as lets the server end no later than its client
    expect(shifts.get('edge')).toBe(-2 * minute + 30)
    const starts = spansOf(trace).map((it) => Number(BigInt(it.startTimeUnixNano) / 1000n) / 1e3)
    expect(starts.toSorted()).toEqual(spans.map((it) => it.start).toSorted())
  })

  test('is as much as a page has measured, and at most the least time that a batch of it seemed to take', async () => {
    const traceId = newId(16)
    const ahead = 90e3
    const measured = { 'lightspan.clock.offset': -90_003, 'lightspan.clock.uncertainty': 12 }
    await postPage(ahead, [record(traceId, {})])
    const { trace: first } = await stored(traceId)
    expect(first.clocks).toMatchObject([{ service: 'web' }])
    expect(first.clocks[0]).not.toHaveProperty('offset')
    expect(first.clocks[0]!.atMost).toBeGreaterThanOrEqual(-ahead)
    expect(first.clocks[0]!.atMost).toBeLessThan(-ahead + 10e3)
    await postPage(ahead, [record(traceId, { name: 'later' })], measured)
    const rough = { 'lightspan.clock.offset': -89_000, 'lightspan.clock.uncertainty': 2000 }
    await postPage(ahead, [record(traceId, { name: 'later still' })], rough)
    const { trace } = await stored(traceId)
    expect(trace.clocks).toMatchObject([{ service: 'web', offset: -90_003, uncertainty: 12 }])
  })

  test.each([
    ['beyond all numbers', 1e305],
    ['beyond all years', 1e17],
    ['no number', NaN],
    ['endless', -Infinity],
    ['text', 'late'],
  ])('is nothing where a page says what no clock can be off by, such as %s', async (_, offset) => {
    const traceId = newId(16)
    const attributes = { 'lightspan.clock.offset': offset, 'lightspan.clock.uncertainty': 1 }
    await postPage(0, [record(traceId, {})], attributes)
    const { listed, trace } = await stored(traceId)
    expect(listed.duration).toBe(300)
    expect(trace.clocks).toMatchObject([{ service: 'web' }])
    expect(trace.clocks[0]).not.toHaveProperty('offset')
  })

  test('counts for work that was put off, which tells nothing of clocks itself', async () => {
    const [traceId, click] = [newId(16), newId(8)]
    await postPage(-90e3, [record(traceId, { spanId: click, name: 'click' })], {
      'lightspan.clock.offset': 90_000,
      'lightspan.clock.uncertainty': 12,
    })
    const later = {
      service: 'mail',
      name: 'send',
      parentSpanId: click,
      kind: consumer!,
      start: Date.now() + 4000,
    }
    await collector.post('/v1/traces', JSON.stringify(otlpOf(traceId, later)), {
      'content-type': 'application/json',
    })
    const { listed } = await stored(traceId)
    expect(listed.duration).toBeGreaterThan(4000)
    expect(listed.duration).toBeLessThan(15e3)
  })

  test('outlives a crash and a restart', async () => {
    const traceId = newId(16)
    await postPage(60e3, [record(traceId, {})])
    const before = (await stored(traceId)).trace.clocks
    expect(before).toHaveLength(1)
    await collector.kill()
    collector = await startCollector({ data: collector.data })
    expect((await stored(traceId)).trace.clocks).toEqual(before)
  })

  test('is nothing where a sender claims to have sent in another age', () => {
    const body = (origin: number) =>
      Buffer.from(
        encodeCompact({
          resource: {},
          scope: { name: 'test', version: '1' },
          origin,
          sent: 0,
          spans: [record(newId(16), {})],
        }),
      )
    const lagOf = (origin: number, now?: number) =>
      decodePlain('compact', body(origin), now === undefined ? {} : { received: now }).rows[0]!
        .lagNs
    expect(lagOf(1000, 1001.5)).toBe(1_500_000n)
    expect(lagOf(9e12, 1)).toBeUndefined()
    expect(lagOf(1000)).toBeUndefined()
  })
})
