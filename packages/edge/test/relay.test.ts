// relay.test.ts: batches on the site's own origin, on their way to the collector, in every runtime.

import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { encodeCompact, type Attributes, type SpanRecord, type TracesData } from 'lightspan/wire'
import { runtimes, type Running } from './kit/runtimes.ts'
import { openCollector, until, type Collector } from './kit/servers.ts'

const batch = (name: string, attributes: Attributes = {}, another?: Partial<SpanRecord>) => {
  const span: SpanRecord = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name,
    kind: 1,
    start: 10,
    duration: 5,
    attributes: { 'url.full': 'https://shop.example/', ...attributes },
    events: [],
    links: [],
    status: 0,
  }
  return encodeCompact({
    resource: { 'service.name': 'page' },
    scope: { name: 'lightspan', version: '0' },
    origin: 1.7e12,
    sent: 1000,
    spans: [span, ...(another ? [{ ...span, spanId: 'b7ad6b7169203332', ...another }] : [])],
  })
}

/** A batch of many spans with the same attributes. */
const batches = (count: number, attributes: Attributes) =>
  encodeCompact({
    resource: { 'service.name': 'page' },
    scope: { name: 'lightspan', version: '0' },
    origin: 1.7e12,
    sent: 1000,
    spans: Array.from({ length: count }, (_, n) => ({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: (n + 1).toString(16).padStart(16, '0'),
      name: 'one of many',
      kind: 1,
      start: n,
      duration: 5,
      attributes,
      events: [],
      links: [],
      status: 0,
    })),
  })

const tooLong = 'body: is longer than 8388608 characters as OTLP'

let collector: Collector

beforeAll(async () => {
  collector = await openCollector()
})
afterAll(() => collector?.close())

describe.each(runtimes.filter(({ context }) => context))('in $name', ({ start }) => {
  let story: Running

  beforeAll(async () => {
    const { url } = collector
    story = await start({ origin: url, elsewhere: url, collector: url })
  })
  afterAll(() => story?.stop())
  afterEach(() => {
    collector.mood('well')
    collector.seen.length = 0
  })

  const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(story.url + path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain', 'user-agent': 'Page/1', ...headers },
      ...(body instanceof ReadableStream && ({ duplex: 'half' } as object)),
    })
  /** What has come by the relay: the worker's own spans come from itself. */
  const relayed = () => collector.seen.filter(({ headers }) => headers['user-agent'] == 'Page/1')
  const error = async (response: Response) => [
    response.status,
    ((await response.json()) as { error: string }).error,
  ]

  test('a batch goes on byte for byte, without what concerns this site alone', async () => {
    const body = gzipSync(batch('page load'))
    const response = await post('/v1/spans', body, {
      cookie: 'session=secret',
      authorization: 'Basic secret',
      origin: story.url,
    })
    expect([response.status, await response.text()]).toEqual([200, '{}'])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(relayed()).toHaveLength(1)
    const [{ path, method, headers, body: arrived }] = relayed() as [never]
    expect([method, path]).toEqual(['POST', '/v1/spans'])
    expect(Buffer.compare(arrived, body)).toBe(0)
    expect(headers).toMatchObject({
      'content-type': 'text/plain',
      'user-agent': 'Page/1',
      origin: story.url,
    })
    expect(headers).not.toHaveProperty('cookie')
    expect(headers).not.toHaveProperty('authorization')
  })

  test('the key in the query goes on, for beacons have no header for it, and nothing else of the query', async () => {
    const query = '?visitor=7&key=a%2Bb%26c%3D&key=second&token=secret'
    expect((await post(`/v1/spans${query}`, batch('keyed'))).status).toBe(200)
    expect(relayed().map(({ path }) => path)).toEqual(['/v1/spans?key=a%2Bb%26c%3D'])
  })

  test('a key of the endpoint’s own address stays, whatever the page says', async () => {
    await post('/own/spans?key=public', batch('owned'))
    expect(relayed().map(({ path }) => path)).toEqual(['/v1/spans?tenant=a%20b&key=own'])
  })

  test('a key does not go to a backend that a batch is rewritten for', async () => {
    expect((await post('/otlp/spans?key=public', batch('keyed'))).status).toBe(200)
    expect(relayed().map(({ path }) => path)).toEqual(['/v1/traces'])
  })

  test('a stream of unknown length goes on too', async () => {
    const body = Buffer.from(batch('streamed'))
    const response = await post(
      '/v1/spans',
      new Blob([body.subarray(0, 50), body.subarray(50)]).stream(),
    )
    expect(response.status).toBe(200)
    expect(relayed()[0]!.body.toString()).toBe(body.toString())
  })

  test('the page hears what the collector says', async () => {
    collector.mood('busy')
    const busy = await post('/v1/spans', batch('busy'))
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '1'])
    collector.mood('ill')
    expect((await post('/v1/spans', batch('ill'))).status).toBe(400)
  })

  test('a collector that hangs delays no page', async () => {
    collector.mood('hung')
    const stop = new AbortController()
    const sending = fetch(`${story.url}/v1/spans`, {
      method: 'POST',
      body: batch('hung'),
      headers: { 'user-agent': 'Page/1' },
      signal: stop.signal,
    }).catch(() => 'stopped')
    await until('the batch', () => relayed().length)
    expect(await (await fetch(`${story.url}/hello`)).text()).toBe('hello')
    stop.abort()
    expect(await sending).toBe('stopped')
  })

  test('batches are not traced', async () => {
    const { status, headers } = await post('/v1/spans', batch('own'))
    expect([status, headers.get('server-timing')]).toEqual([200, null])
    const hello = await fetch(`${story.url}/hello`)
    const [, traceId] = /00-(\w+)/.exec(hello.headers.get('server-timing')!)!
    await collector.trace(traceId!)
    const paths = collector.spans().map(({ attributes }) => attributes['url.path'])
    expect(paths).toContain('/hello')
    expect(paths).not.toContain('/v1/spans')
  })

  test('what is no batch of this site is refused', async () => {
    const refused = [
      await fetch(`${story.url}/v1/spans`),
      await post('/v1/spans', batch('x'), { origin: 'https://evil.example' }),
      await post('/v1/spans', batch('x'), { 'sec-fetch-site': 'cross-site' }),
      await post('/v1/spans', new Blob([Buffer.alloc(2 ** 20 + 1)]).stream()),
      await post(`/v1/spans?key=${'k'.repeat(257)}`, batch('x')),
    ]
    expect(refused[0]!.headers.get('allow')).toBe('POST')
    expect(await Promise.all(refused.map(error))).toEqual([
      [405, 'method: expected POST'],
      [403, 'origin: only pages of this site may send spans here'],
      [403, 'origin: only pages of this site may send spans here'],
      [413, 'body: is longer than 1048576 bytes'],
      [400, 'key: is longer than 256 characters'],
    ])
    expect(relayed()).toEqual([])
  })

  // Nothing of the body is sent: workerd closes the connection after such an answer, which a client that is still
  // sending may hear first.
  test('a body that is announced as too long is refused at its word', async () => {
    const headers = { 'content-length': 2 ** 20 + 1, 'user-agent': 'Page/1' }
    const posted = request(`${story.url}/v1/spans`, { method: 'POST', headers })
    posted.flushHeaders()
    const [response] = (await once(posted, 'response')) as [IncomingMessage]
    const said = [response.statusCode, await json(response)]
    posted.destroy()
    expect(said).toEqual([413, { error: 'body: is longer than 1048576 bytes' }])
    expect(relayed()).toEqual([])
  })

  test.each([
    ['compressed', (text: string) => gzipSync(text)],
    ['plain', (text: string) => Buffer.from(text)],
  ])('a batch becomes OTLP for a backend that speaks it (%s)', async (how, encode) => {
    const response = await post('/otlp/spans', encode(batch(how)))
    expect(response.status).toBe(200)
    const [{ path, headers, body }] = relayed() as [never]
    expect(path).toBe('/v1/traces')
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      authorization: 'Bearer secret',
    })
    const { resourceSpans } = JSON.parse(gunzipSync(body).toString()) as TracesData
    expect(resourceSpans[0]!.scopeSpans[0]!.spans[0]).toMatchObject({
      name: how,
      traceId: '0af7651916cd43dd8448eb211c80319c',
      startTimeUnixNano: '1700000000010000000',
    })
  })

  test('a span that has not ended stays away from a backend that could not replace it', async () => {
    await post('/otlp/spans', batch('open', { 'lightspan.open': true }))
    const [{ body }] = relayed() as [never]
    expect(gunzipSync(body).toString()).toContain('"spans":[]')
  })

  test('a span whose trace is none stays away from a backend that might refuse all for it', async () => {
    await post('/otlp/spans', batch('right', {}, { traceId: 'order 17', name: 'wrong' }))
    const [{ body }] = relayed() as [never]
    const { resourceSpans } = JSON.parse(gunzipSync(body).toString()) as TracesData
    expect(resourceSpans[0]!.scopeSpans[0]!.spans.map(({ name }) => name)).toEqual(['right'])
  })

  test('what cannot become OTLP is refused, and the next batch goes on', async () => {
    const refused = [
      await post('/otlp/spans', '{"v":99}'),
      await post('/otlp/spans', gzipSync(batch('cut')).subarray(0, 60)),
    ]
    const said = await Promise.all(refused.map(error))
    expect(said.map(([status]) => status)).toEqual([400, 400])
    expect(said[0]![1]).toMatch(/^v: /)
    expect(relayed()).toEqual([])
    expect((await post('/otlp/spans', batch('next'))).status).toBe(200)
  })

  const flags = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`flag ${n}`, true]))
  test.each([
    ['as text', () => ' '.repeat(2 ** 21 + 1), 'body: is longer than 2097152 bytes'],
    ['of spans', () => batches(10_001, {}), 'm: has 10001 spans, the limit is 10000'],
    ['of values', () => batches(1000, flags), 'f: more than 100000 values'],
    ['of text', () => batches(900, { a: 'x'.repeat(1e4) }), 'a: more than 8388608 characters'],
    ['of names', () => batches(900, { ['x'.repeat(1e4)]: 1 }), tooLong],
    ['of lists', () => batches(900, { a: ['x'.repeat(1e4)] }), tooLong],
    ['of escapes', () => batches(900, { a: '\u0001'.repeat(2e3) }), tooLong],
  ])('a small body that unfolds to too much %s is refused before it does', async (_, text, why) => {
    const body = gzipSync(text())
    expect(body.length).toBeLessThan(2 ** 16)
    expect(await error(await post('/otlp/spans', body))).toEqual([413, why])
    expect(relayed()).toEqual([])
  })

  test('as many spans as a page ever holds become OTLP at once', async () => {
    const attributes = Object.fromEntries(
      Array.from({ length: 15 }, (_, n) => [`http.attribute.${n}`, `value of attribute ${n}`]),
    )
    const { status } = await post('/otlp/spans', gzipSync(batches(3000, attributes)))
    expect(status).toBe(200)
    expect(gunzipSync(relayed()[0]!.body).toString().split('"spanId"')).toHaveLength(3001)
  })
})
