// Who may send: origins, keys, and what browsers are told.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCollector, type TestCollector } from '../../../test/kit/collector.ts'
import { compactOf, newId, ways } from './some-traces.ts'

const shop = 'https://shop.example'
const evil = 'https://evil.example'
let open: TestCollector
let closed: TestCollector
beforeAll(async () => {
  ;[open, closed] = await Promise.all([
    startCollector(),
    startCollector({ args: ['--origins', `${shop},http://localhost:8080`, '--keys', 'k1, k2'] }),
  ])
}, 30_000)
afterAll(async () => {
  for (const it of [open, closed]) {
    await it.stop()
    await it.clean()
  }
})

const preflight = (url: string, path: string, origin: string) =>
  fetch(url + path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,content-encoding,lightspan-key',
    },
  })

describe.each(ways)('$name', ({ path, type, body }) => {
  const send = (to: TestCollector, headers: Record<string, string>, query = '') =>
    to.post(path + query, body(newId(16)), { 'content-type': type, ...headers })

  test('from any origin is allowed unless origins are named, and its page may read the answer', async () => {
    const response = await send(open, { origin: evil })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe(evil)
    expect(response.headers.get('vary')).toContain('origin')
    const allowed = await preflight(open.url, path, evil)
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-methods')).toBe('POST')
    // a beacon of a type that needs a preflight goes with credentials
    expect(allowed.headers.get('access-control-allow-credentials')).toBe('true')
    const headers = allowed.headers.get('access-control-allow-headers')!
    for (const name of ['content-type', 'content-encoding', 'lightspan-key'])
      expect(headers.split(', ')).toContain(name)
  })

  test('from an origin that is not named is refused, and not stored', async () => {
    const response = await send(closed, { origin: evil }, '?key=k1')
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    const refused = await preflight(closed.url, path, evil)
    expect(refused.status).toBe(403)
    expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    for (const origin of ['null', `${shop}.evil.example`, shop.toUpperCase(), `${shop}:8443`])
      expect((await send(closed, { origin }, '?key=k1')).status).toBe(403)
  })

  test('from an origin that is named is taken, and errors can be read there too', async () => {
    expect((await send(closed, { origin: shop }, '?key=k2')).status).toBe(200)
    const wrong = await send(closed, { origin: shop }, '?key=nope')
    expect(wrong.status).toBe(401)
    expect(wrong.headers.get('access-control-allow-origin')).toBe(shop)
  })

  test('needs a key where there are keys, in the query or a header', async () => {
    expect((await send(closed, {})).status).toBe(401)
    expect((await send(closed, { 'lightspan-key': 'k3' })).status).toBe(401)
    expect((await send(closed, {}, '?key=k1&key=k2')).status).toBe(401)
    expect((await send(closed, { 'lightspan-key': 'k1' })).status).toBe(200)
    expect((await send(closed, { authorization: 'Bearer k2' })).status).toBe(200)
    expect((await send(closed, {}, '?key=k2')).status).toBe(200)
    expect((await send(open, {}, '?key=whatever')).status).toBe(200)
  })
})

test('a compact batch may bring its key in the body, as beacons do', async () => {
  const send = (key?: string) =>
    closed.post('/v1/spans', compactOf(newId(16), {}, key), { 'content-type': 'text/plain' })
  expect((await send('k2')).status).toBe(200)
  expect((await send('k3')).status).toBe(401)
  const response = await send()
  expect(response.status).toBe(401)
  expect(await response.json()).toEqual({ error: { field: 'key', reason: 'is missing' } })
})

test('nothing that was refused is stored', async () => {
  await closed.settled()
  const metrics = await closed.metrics()
  const sum = (name: string) =>
    [...metrics].filter(([it]) => it.startsWith(name)).reduce((all, [, value]) => all + value, 0)
  expect(sum('lightspan_collector_stored_spans_total')).toBe(
    sum('lightspan_collector_accepted_spans_total'),
  )
  expect(metrics.get('lightspan_collector_stored_spans_total')).toBe(3 * 4 + 1)
  expect(
    metrics.get('lightspan_collector_refused_requests_total{format="compact",status="401"}'),
  ).toBe(6)
})

test('pages of other origins cannot read traces', async () => {
  for (const path of ['/api/traces', '/api/services', '/healthz', '/']) {
    const response = await fetch(open.url + path, { headers: { origin: evil } })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  }
  const page = await fetch(open.url + '/')
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
})
