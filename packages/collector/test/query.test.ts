// The query API answers what docs/query-api.md says, and refuses what it does not know.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spansOf, startCollector, type TestCollector } from '../../../test/kit/collector.ts'
import { newId, otlpOf, type Told } from './some-traces.ts'

let collector: TestCollector
const minute = 60e3
// whole minutes ago, so that buckets of a minute are known
const base = Math.floor(Date.now() / minute) * minute - 30 * minute

const ids: Record<string, string> = {}
const traceOf = async (name: string, ...spans: Told[]) => {
  ids[name] = newId(16)
  const response = await collector.post('/v1/traces', JSON.stringify(otlpOf(ids[name], ...spans)), {
    'content-type': 'application/json',
  })
  expect(response.status).toBe(200)
}
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })

beforeAll(async () => {
  collector = await startCollector()
  const root = newId(8)
  await traceOf(
    'checkout',
    { spanId: root, service: 'web', name: 'click Buy', kind: 1, start: base, duration: 400 },
    {
      parentSpanId: root,
      service: 'orders',
      name: 'POST /orders',
      start: base + 20,
      duration: 300,
      status: 2,
      attributes: [
        text('http.route', '/orders'),
        { key: 'http.response.status_code', value: { intValue: 500 } },
        { key: 'cart.value', value: { doubleValue: 12.5 } },
        { key: 'cart.gift', value: { boolValue: true } },
        text('note', `it's "q", [\\] %_`),
      ],
    },
  )
  await traceOf('fast', {
    service: 'orders',
    name: 'GET /orders',
    start: base + minute,
    duration: 0.25,
    status: 1,
    attributes: [text('http.route', '/orders')],
  })
  // a hundred requests of 1 to 100 ms, fifty of them in each of two minutes
  await traceOf(
    'many',
    ...Array.from({ length: 100 }, (_, n) => ({
      service: 'stock',
      name: 'GET /stock',
      start: base + 2 * minute + (n % 2) * minute + n,
      duration: n + 1,
      status: n < 5 ? 2 : 0,
    })),
  )
  await traceOf('old', { service: 'old', start: Date.now() - 26 * 3600e3, duration: 3 })
  await collector.settled()
}, 30_000)

afterAll(async () => {
  await collector.stop()
  await collector.clean()
})

interface Found {
  traces: { traceId: string; [more: string]: unknown }[]
  truncated: boolean
}
const nameOf = (traceId: string) => Object.keys(ids).find((name) => ids[name] == traceId)!
const search = async (query: string) => {
  const { traces } = await collector.get<Found>(`/api/traces?${query}`)
  return traces.map(({ traceId }) => nameOf(traceId))
}
const encoded = (text: string) => encodeURIComponent(text)

test('services are those of the window, with what they did', async () => {
  const { services } = await collector.get<{ services: object[] }>('/api/services')
  expect(services).toEqual([
    { name: 'orders', spans: 2, errors: 1, lastSeen: base + minute + 0.25, dropped: {} },
    { name: 'stock', spans: 100, errors: 5, lastSeen: expect.any(Number) as number, dropped: {} },
    { name: 'web', spans: 1, errors: 0, lastSeen: base + 400, dropped: {} },
  ])
  const all = await collector.get<{ services: { name: string }[] }>('/api/services?from=-2d')
  expect(all.services.map(({ name }) => name)).toEqual(['old', 'orders', 'stock', 'web'])
})

describe('a search', () => {
  test('gives the traces of the last hour, newest first, each with its summary', async () => {
    const { traces, truncated } = await collector.get<Found>('/api/traces')
    expect(truncated).toBe(false)
    expect(traces.map(({ traceId }) => nameOf(traceId))).toEqual(['many', 'fast', 'checkout'])
    expect(traces[2]).toEqual({
      traceId: ids['checkout'],
      rootService: 'web',
      open: 0,
      rootName: 'click Buy',
      start: base,
      duration: 400,
      spans: 2,
      errors: 1,
      services: [
        { name: 'web', spans: 1, errors: 0 },
        { name: 'orders', spans: 1, errors: 1 },
      ],
    })
  })

  test.each([
    ['service=orders', ['fast', 'checkout']],
    ['service=nobody', []],
    ['name=CLICK', ['checkout']],
    ['name=order', ['fast', 'checkout']],
    ['minDuration=350', ['checkout']],
    ['maxDuration=0.25', ['fast']],
    ['maxDuration=0.24', []],
    ['minDuration=0.2&maxDuration=0.3', ['fast']],
    ['status=error', ['many', 'checkout']],
    ['status=ok', ['fast']],
    ['status=unset&service=web', ['checkout']],
    ['attribute=http.route', ['fast', 'checkout']],
    ['attribute=http.route=/orders&attribute=http.response.status_code=500', ['checkout']],
    ['attribute=http.response.status_code=500.0', []],
    ['attribute=cart.value=12.50', ['checkout']],
    ['attribute=cart.gift=true', ['checkout']],
    ['attribute=cart.gift=false', []],
    [`attribute=${encoded(`note=it's "q", [\\] %_`)}`, ['checkout']],
    ['attribute=service.name=stock', ['many']],
    ['attribute=service.name', ['many', 'fast', 'checkout']],
    ['attribute=service.na', []],
    // all conditions have to hold for one span
    ['service=web&status=error', []],
    [`from=${base + minute}&to=${base + minute}`, ['fast']],
    [`from=${new Date(base).toISOString()}&to=${base + 10}`, ['checkout']],
    ['from=-2d&to=-1d', ['old']],
    ["name=' OR 1=1 --", []],
  ])('by %s finds %j', async (query, names) => {
    expect(await search(query)).toEqual(names)
  })

  test('says when there is more than it gives', async () => {
    const { traces, truncated } = await collector.get<Found>('/api/traces?limit=2')
    expect(traces.map(({ traceId }) => nameOf(traceId))).toEqual(['many', 'fast'])
    expect(truncated).toBe(true)
  })
})

describe('a trace', () => {
  test('is given whole, by its id in either case', async () => {
    const trace = await collector.get<never>(`/api/traces/${ids['many']!.toUpperCase()}`)
    expect(spansOf(trace)).toHaveLength(100)
  })

  test('that is not there is not found', async () => {
    const response = await fetch(`${collector.url}/api/traces/${'e'.repeat(32)}`)
    expect(response.status).toBe(404)
  })
})

test('routes are summed up over time, exactly', async () => {
  const path = `/api/routes?from=${base}&to=${base + 10 * minute}&step=60`
  const { step, routes, truncated } = await collector.get<{
    step: number
    truncated: boolean
    routes: { service: string; name: string; buckets: object[]; [more: string]: unknown }[]
  }>(path)
  expect([step, truncated]).toEqual([60, false])
  expect(routes.map(({ service, name }) => `${service} ${name}`)).toEqual([
    'stock GET /stock',
    'orders GET /orders',
    'orders POST /orders',
    'web click Buy',
  ])
  const { buckets, ...stock } = routes[0]!
  expect(stock).toMatchObject({ count: 100, errors: 5, p50: 50.5, p75: 75.25, p95: 95.05 })
  expect(stock['p99']).toBeCloseTo(99.01, 6)
  expect(buckets).toMatchObject([
    { time: base + 2 * minute, count: 50, errors: 3, p50: 50 },
    { time: base + 3 * minute, count: 50, errors: 2, p50: 51 },
  ])
  const one = await collector.get<{ routes: object[]; truncated: boolean }>(`${path}&limit=1`)
  expect([one.routes.length, one.truncated]).toEqual([1, true])
  const web = await collector.get<{ routes: { name: string }[] }>(`${path}&service=web`)
  expect(web.routes.map(({ name }) => name)).toEqual(['click Buy'])
})

describe('a bad parameter is refused with its name', () => {
  test.each([
    ['/api/traces?limit=0', 'limit'],
    ['/api/traces?limit=1001', 'limit'],
    ['/api/traces?limit=1.5', 'limit'],
    ['/api/traces?limit=x', 'limit'],
    ['/api/traces?limit=', 'limit'],
    ['/api/traces?minDuration=-1', 'minDuration'],
    ['/api/traces?minDuration=1e3', 'minDuration'],
    ['/api/traces?minDuration=' + '9'.repeat(400), 'minDuration'],
    ['/api/traces?minDuration=999999999999999', 'minDuration'],
    ['/api/traces?minDuration=2&maxDuration=1', 'minDuration'],
    ['/api/traces?status=bad', 'status'],
    ['/api/traces?service=', 'service'],
    ['/api/traces?service=a&service=b', 'service'],
    ['/api/traces?name=' + 'x'.repeat(1001), 'name'],
    ['/api/traces?attribute=', 'attribute'],
    ['/api/traces?' + 'attribute=a&'.repeat(11), 'attribute'],
    ['/api/traces?from=yesterday', 'from'],
    ['/api/traces?from=-1y', 'from'],
    ['/api/traces?from=99999999999999', 'from'],
    ['/api/traces?from=2024-99-99', 'from'],
    ['/api/traces?from=2&to=1', 'from'],
    ['/api/traces?sort=name', 'sort'],
    ['/api/traces?__proto__=1', '__proto__'],
    ['/api/traces/xyz', 'traceId'],
    ['/api/traces/' + 'a'.repeat(31), 'traceId'],
    [`/api/traces/${'a'.repeat(32)}?x=1`, 'x'],
    ['/api/services?to=never', 'to'],
    ['/api/routes?step=0', 'step'],
    ['/api/routes?step=1&from=-7d', 'step'],
    ['/api/routes?limit=501', 'limit'],
  ])('%s', async (path, field) => {
    const response = await fetch(collector.url + path)
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: { field: string; reason: string } }
    expect(error.field).toBe(field)
    expect(error.reason).toBeTruthy()
  })
})
