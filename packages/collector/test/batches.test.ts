// What a batch says besides its spans: its number, what was lost before it; and what it is answered.

import { createIds, encodeCompact, type Batch, type SpanRecord } from 'lightspan/wire'
import { afterEach, describe, expect, test } from 'vitest'
import {
  eventually,
  spansOf,
  startCollector,
  type TestCollector,
} from '../../../test/kit/collector.ts'
import { boundedDrops } from '../src/batch-note.ts'
import { createAccepted, mostBatches } from '../src/ingest/accepted.ts'
import type { DecodedBody } from '../src/ingest/decode-body.ts'
import type { SpanRow } from '../src/span-row.ts'
import { newId } from './some-traces.ts'

let collector: TestCollector
afterEach(async () => {
  await collector.kill()
  await collector.clean()
})
const start = async (...args: string[]) => {
  collector = await startCollector({ args })
}
const restart = async () => {
  const { data } = collector
  await collector.kill()
  collector = await startCollector({ data })
}

/** A page, and what writes its batches. */
const page = (service = 'shop') => {
  const ids = createIds([...crypto.getRandomValues(new Uint32Array(4))])
  const traceId = ids.next(16)
  const span = (): SpanRecord => ({
    traceId,
    spanId: ids.next(8),
    name: 'work',
    kind: 1,
    start: 1,
    duration: 1,
    attributes: {},
    events: [],
    links: [],
    status: 0,
  })
  const batch = (spans: SpanRecord[], more: Partial<Batch> = {}) =>
    encodeCompact({
      resource: { 'service.name': service },
      scope: { name: 'lightspan', version: '0' },
      origin: Date.now() - 5000,
      sent: 5000,
      ids,
      spans,
      ...more,
    })
  return { traceId, span, batch }
}

const send = async (body: string) => {
  const response = await collector.post('/v1/spans', body)
  expect(response.status).toBe(200)
  return (await response.json()) as { now: number; sample?: number }
}
const accepted = async () =>
  (await collector.metrics()).get('lightspan_collector_accepted_spans_total{format="compact"}') ?? 0
const lost = async (service: string, reason: string) =>
  (await collector.metrics()).get(
    `lightspan_collector_sender_dropped_spans_total{service="${service}",reason="${reason}"}`,
  ) ?? 0

interface Services {
  services: { name: string; spans: number; dropped: Record<string, number> }[]
}
const services = () => collector.get<Services>('/api/services')

describe('a batch that comes again', () => {
  test('is acknowledged, and counted once, its losses too', async () => {
    await start()
    const { traceId, span, batch } = page()
    const body = batch([span(), span()], { number: 7, dropped: { queue: 3 } })
    for (let n = 0; n < 3; n++) await send(body)
    expect(await accepted()).toBe(2)
    expect(await lost('shop', 'queue')).toBe(3)
    expect(spansOf(await collector.trace(traceId, 2))).toHaveLength(2)
    await collector.settled()
    expect(await services()).toMatchObject({ services: [{ spans: 2, dropped: { queue: 3 } }] })
  })

  test('is known after a restart, whether it was in the store or only in the log', async () => {
    await start()
    const { span, batch } = page()
    const stored = batch([span(), span()], { number: 0, dropped: { queue: 3 } })
    await send(stored)
    await collector.settled()
    const logged = batch([span()], { number: 1, dropped: { refused: 5 } })
    await send(logged)
    await restart()
    await send(stored)
    await send(logged)
    expect(await accepted()).toBe(0)
    expect(await lost('shop', 'queue')).toBe(0)
    await restart()
    await collector.settled()
    expect(await services()).toMatchObject({
      services: [{ spans: 3, dropped: { refused: 5, queue: 3 } }],
    })
  })

  test('is known by its spans where it is a copy without a number, before or after it', async () => {
    await start()
    const { traceId, span, batch } = page()
    const [a, b, c] = [span(), span(), span()]
    await send(batch([a, b]))
    await send(batch([a, b, c], { number: 0 }))
    await send(batch([b, c]))
    expect(await accepted()).toBe(3)
    expect(spansOf(await collector.trace(traceId, 3))).toHaveLength(3)
  })

  test('is another one where its number, its page, or how many spans it has is', async () => {
    await start()
    const { span, batch } = page()
    const other = page()
    const dropped = { queue: 1 }
    await send(batch([span()], { number: 1, dropped }))
    await send(batch([span()], { number: 2, dropped }))
    await send(other.batch([other.span()], { number: 1, dropped }))
    await send(batch([span(), span()], { number: 1, dropped }))
    expect([await accepted(), await lost('shop', 'queue')]).toEqual([5, 4])
  })
})

test('the memory of batches and spans is bounded, and the oldest go first', () => {
  const take = createAccepted([])
  const of = (id: string): DecodedBody => ({
    rows: [],
    rejected: 0,
    because: undefined,
    batch: { id, service: 'shop', drops: {} },
  })
  const isNew = (id: string) => !!take(of(id), Buffer.alloc(0)).note
  expect([isNew('first'), isNew('first')]).toEqual([true, false])
  for (let n = 0; n < mostBatches; n++) isNew(`${n}`)
  expect([isNew('first'), isNew(`${mostBatches - 1}`)]).toEqual([true, false])
  const row = () => ({ traceId: newId(16), spanId: newId(8) }) as SpanRow
  const count = (rows: SpanRow[]) =>
    take({ ...of('x'), rows, batch: undefined }, Buffer.alloc(0)).spans
  const one = row()
  expect([count([one, one]), count([one])]).toEqual([1, 0])
  expect(count([{ ...one, traceId: newId(16) }])).toBe(1)
})

describe('what a sender has lost', () => {
  test('is told by service and reason, also of a service of which nothing arrived', async () => {
    await start()
    const shop = page()
    const gone = page('gone')
    await send(shop.batch([shop.span()], { number: 0, dropped: { queue: 2, refused: 1 } }))
    await send(shop.batch([shop.span()], { number: 1, dropped: 4 }))
    await send(shop.batch([shop.span()], { number: 2 }))
    await send(gone.batch([], { number: 0, dropped: { rejected: 9 } }))
    // what is lost is stored apart from spans, and may be there before them
    const all = await eventually(
      async () => {
        const it = (await services()).services
        return it.length == 2 && it[1]!.spans == 3 ? it : undefined
      },
      () => 'not both services are there, or not all spans',
    )
    expect(await lost('shop', 'queue')).toBe(2)
    expect(await lost('shop', 'other')).toBe(4)
    expect(all).toMatchObject([
      { name: 'gone', spans: 0, dropped: { rejected: 9 } },
      { name: 'shop', spans: 3, dropped: { other: 4, queue: 2, refused: 1 } },
    ])
    expect(await collector.get<Services>('/api/services?from=-2d&to=-1d')).toEqual({ services: [] })
  })

  test('is bounded, whatever it says', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`reason ${n}`, 1]))
    expect(Object.keys(boundedDrops(many))).toHaveLength(21)
    expect(boundedDrops(many)['other']).toBe(80)
    expect(boundedDrops({ ['x'.repeat(99)]: 2 ** 53 - 1, none: 0, constructor: 2 })).toEqual({
      ['x'.repeat(40)]: 1e9,
      constructor: 2,
    })
  })
})

test('the answer says the time, and the rate that a service is to record', async () => {
  await start('--sample', 'shop=0.25,*=0.5')
  const before = Date.now()
  const [shop, other] = [page(), page('other')]
  const answer = await send(shop.batch([shop.span()]))
  expect(answer).toEqual({ now: expect.any(Number) as number, sample: 0.25 })
  expect(answer.now).toBeGreaterThan(before - 1)
  expect(answer.now).toBeLessThan(Date.now() + 1)
  expect(await send(other.batch([other.span()]))).toMatchObject({ sample: 0.5 })
})
