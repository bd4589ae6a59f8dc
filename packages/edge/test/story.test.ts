// story.test.ts: one worker in every runtime, and what its clients, its origin and its collector see.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ReceivedSpan } from '../../../test/kit/received.ts'
import { runtimes, type Running } from './kit/runtimes.ts'
import { talk } from './kit/web-socket.ts'
import {
  openCollector,
  openOrigin,
  openRecorder,
  until,
  type Collector,
  type Origin,
  type Recorder,
  type Seen,
} from './kit/servers.ts'

const traceId = (n: number) => `${n}`.padStart(32, 'a')
const parentId = 'b7ad6b7169203331'
const incoming = (n: number, more: Record<string, string> = {}) => ({
  headers: { traceparent: `00-${traceId(n)}-${parentId}-01`, ...more },
})
/** The origin's answer: what it was asked. */
type Echo = Seen & { headers: Record<string, string>; body: string }

let count = 0
let origin: Origin
let elsewhere: Recorder
let collector: Collector

beforeAll(async () => {
  origin = await openOrigin()
  elsewhere = await openRecorder((_, response) => response.end('elsewhere'))
  collector = await openCollector()
})

afterAll(async () => {
  await Promise.all([origin, elsewhere, collector].map((it) => it?.close()))
})

const server = (spans: ReceivedSpan[]) => spans.find(({ kind }) => kind == 2)!
const idOf = (traceparent: string | undefined) => traceparent?.split('-')[2]

describe.each(runtimes)('in $name', ({ name, start, context }) => {
  let story: Running
  // What rests on context kept across `await` is told where there is one.
  const testWithContext = context ? test : () => {}

  beforeAll(async () => {
    story = await start({ origin: origin.url, elsewhere: elsewhere.url, collector: collector.url })
  })
  afterAll(() => story?.stop())
  afterEach(() => collector.mood('well'))

  const ask = (path: string, init?: RequestInit) => fetch(story.url + path, init)
  /** Asks as part of a trace of its own, and resolves with the trace's spans. */
  const tell = async (path: string, spans: number, init: RequestInit = {}) => {
    const n = ++count
    const response = await ask(path, {
      ...init,
      headers: { ...incoming(n).headers, ...(init.headers as object) },
    })
    const text = await response.text()
    return { response, text, spans: await collector.trace(traceId(n), spans) }
  }

  test('a request continues its trace, by the conventions of HTTP', async () => {
    const { response, spans } = await tell('/hello?token=secret', 1)
    const [span] = spans
    expect(response.status).toBe(200)
    expect(span).toMatchObject({
      name: 'GET',
      kind: 2,
      status: 0,
      parentSpanId: parentId,
      flags: 0x303,
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'url.scheme': 'http',
        'url.path': '/hello',
        'url.query': 'token=REDACTED',
        'server.address': '127.0.0.1',
        'server.port': +new URL(story.url).port,
        'user_agent.original': 'node',
      },
      resource: {
        'service.name': 'story',
        'service.version': '1.2.3',
        'deployment.environment.name': 'test',
        'telemetry.sdk.name': 'lightspan',
        'story.part': 1,
      },
    })
    expect(span!.start).toBeGreaterThan(Date.now() - 60_000)
    expect(span!.end).toBeLessThanOrEqual(Date.now() + 5)
    expect(span!.end).toBeGreaterThanOrEqual(span!.start)
  })

  test('a request without a trace begins one', async () => {
    const response = await ask('/hello')
    const told = /traceparent;desc="00-([\da-f]{32})-([\da-f]{16})-03"/.exec(
      response.headers.get('server-timing')!,
    )!
    const [span] = await collector.trace(told[1]!)
    expect(span).toMatchObject({ spanId: told[2], parentSpanId: undefined })
  })

  test('the response names the span in Server-Timing', async () => {
    const { response, spans } = await tell('/hello', 1)
    const { traceId, spanId } = server(spans)
    const value = `00-${traceId}-${spanId}-01`
    const said = response.headers.get('server-timing')!
    const [, written] = /;dur=(\d+),/.exec(said) ?? []
    expect(said).toBe(`traceparent;desc="${value}";dur=${written}, trace;desc=${value}`)
    // the page holds it against its own clock
    expect(Math.abs(Number(written) - Date.now())).toBeLessThan(60_000)
  })

  test('a response that caches may reuse names nothing', async () => {
    const { response } = await tell('/cached', 1)
    expect(response.headers.get('server-timing')).toBeNull()
  })

  test('a Response that is used again names the span of this request alone', async () => {
    await tell('/shared', 1)
    const { response, spans } = await tell('/shared', 1)
    const named = (response.headers.get('server-timing') ?? '').matchAll(/"00-\w+-(\w+)-/g)
    expect(response.status).toBe(204)
    // Bun sends no headers of a Response that it has sent before.
    expect([...named].map(([, id]) => id)).toEqual(name == 'Bun' ? [] : [server(spans).spanId])
  })

  testWithContext('outgoing requests are client spans, and the origin is told', async () => {
    const { spans } = await tell('/chain', 4)
    const root = server(spans)
    const work = spans.find(({ name }) => name == 'work')!
    const [first, second] = ['GET', 'POST'].map((name) =>
      spans.find((span) => span.name == name && span.kind == 3)!,
    )
    expect(work).toMatchObject({ parentSpanId: root.spanId, attributes: { 'shop.items': 3 } })
    expect(first).toMatchObject({ parentSpanId: root.spanId })
    expect(second).toMatchObject({
      parentSpanId: work.spanId,
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'url.full': `${origin.url}/second?token=REDACTED`,
        'server.address': '127.0.0.1',
        'server.port': +new URL(origin.url).port,
      },
    })
    const asked = origin.seen.filter(({ headers }) => headers.traceparent?.includes(root.traceId))
    expect(asked.map(({ path, headers, body }) => [path, headers.traceparent, `${body}`])).toEqual([
      ['/first', `00-${root.traceId}-${first!.spanId}-01`, ''],
      ['/second?token=secret', `00-${root.traceId}-${second!.spanId}-01`, 'order'],
    ])
  })

  test('the request itself leads to its trace, whatever the runtime keeps', async () => {
    const { text, spans } = await tell('/explicit', 3)
    const root = server(spans)
    const work = spans.find(({ name }) => name == 'work')!
    const client = spans.find(({ kind }) => kind == 3)!
    expect(root).toMatchObject({
      name: 'GET /explicit',
      attributes: { 'http.route': '/explicit' },
    })
    expect(work.parentSpanId).toBe(root.spanId)
    // Without context the work is forgotten after its first `await`; its root is not.
    expect(client.parentSpanId).toBe(context ? work.spanId : root.spanId)
    expect(idOf((JSON.parse(text) as Echo).headers.traceparent)).toBe(client.spanId)
  })

  test('tracestate and baggage go on as they are, to allowed origins alone', async () => {
    const headers = { tracestate: 'rojo=00f067aa0ba902b7,congo=t61', baggage: 'user=a%20b;p=1,x=2' }
    const { text } = await tell('/explicit', 3, { headers })
    expect((JSON.parse(text) as Echo).headers).toMatchObject(headers)
    elsewhere.seen.length = 0
    await tell('/elsewhere', 1, { headers })
    expect(elsewhere.seen).toHaveLength(1)
    for (const name of ['traceparent', 'tracestate', 'baggage'])
      expect(elsewhere.seen[0]!.headers).not.toHaveProperty(name)
  })

  test('a traceparent that the handler writes is its own', async () => {
    const { text } = await tell('/own-header', 1)
    expect((JSON.parse(text) as Echo).headers.traceparent).toBe(
      `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`,
    )
  })

  test('concurrent requests never mix', async () => {
    const ids = Array.from({ length: 20 }, () => ++count)
    const answers = await Promise.all(
      ids.map(async (n) => {
        const response = await ask('/interleave', incoming(n))
        return (await response.json()) as { traceId: string; seen: string[] }
      }),
    )
    const none = '0'.repeat(32)
    answers.forEach((answer, at) =>
      expect(answer).toEqual({
        traceId: traceId(ids[at]!),
        seen: [context ? traceId(ids[at]!) : none],
      }),
    )
    const own = new Set(ids.map(traceId))
    const turns = origin.seen.filter(({ path }) => own.has(path.split('/')[2]!))
    expect(turns).toHaveLength(80)
    for (const { path, headers } of turns)
      expect(String(headers.traceparent).split('-')[1]).toBe(
        context ? path.split('/')[2] : undefined,
      )
    if (context)
      for (const n of ids) {
        const spans = await collector.trace(traceId(n), 5)
        const root = server(spans)
        for (const span of spans.filter(({ kind }) => kind == 3))
          expect(span.parentSpanId).toBe(root.spanId)
      }
  })

  test.each(['/proxy/a?b=1', '/proxy-request'])(
    'a request that is passed on stays what it was, and so does the answer (%s)',
    async (path) => {
      const { response, text } = await tell(path, context ? 2 : 1, {
        method: 'PUT',
        body: 'all of it',
        headers: { 'x-kept': 'yes', 'content-type': 'text/x-order' },
      })
      const echo = JSON.parse(text) as Echo
      expect(echo).toMatchObject({
        method: 'PUT',
        path: path == '/proxy-request' ? path : '/proxy/a?b=1',
        body: 'all of it',
      })
      if (path != '/proxy-request') expect(echo.headers).toMatchObject({ 'x-kept': 'yes' })
      else expect(echo.headers).toMatchObject({ 'x-own': 'yes' })
      expect(response.headers.get('x-origin')).toBe('yes')
      const timing = response.headers.get('server-timing')!
      expect(timing).toContain('db;dur=3')
      expect(timing).not.toContain('3333')
    },
  )

  testWithContext('a forwarded header names the client span, not its grandparent', async () => {
    const { text, spans } = await tell('/proxy/forwarded', 2)
    const client = spans.find(({ kind }) => kind == 3)!
    expect(client.parentSpanId).toBe(server(spans).spanId)
    expect(idOf((JSON.parse(text) as Echo).headers.traceparent)).toBe(client.spanId)
  })

  test.each([204, 304, 404])('a %s that is passed on stays one', async (status) => {
    const { response } = await tell(`/proxy/x?status=${status}`, context ? 2 : 1)
    expect(response.status).toBe(status)
  })

  // Node and Bun themselves say of what they have decoded that it is coded still.
  const testWithCoding = /Node|Bun/.test(name) ? () => {} : test
  testWithCoding('a compressed answer that is passed on can be read', async () => {
    const { text } = await tell('/proxy/gzip', context ? 2 : 1)
    expect(text).toBe('compressed')
  })

  test('a redirect of the handler stays one', async () => {
    const { response } = await tell('/redirect', 1, { redirect: 'manual' })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('https://shop.example/')
  })

  test.each([
    [404, 0, undefined],
    [503, 2, '503'],
  ])('a %s is an error as servers see it', async (code, status, type) => {
    const { response, spans } = await tell(`/status?code=${code}`, 1)
    expect(response.status).toBe(code)
    expect(server(spans)).toMatchObject({
      name: 'GET /status',
      status,
      attributes: { 'http.route': '/status', 'http.response.status_code': code },
    })
    expect(server(spans).attributes['error.type']).toBe(type)
  })

  test('an error of the handler is recorded and comes out the same', async () => {
    const { text, spans } = await tell('/fail', 1)
    expect(JSON.parse(text)).toEqual({
      name: 'TypeError',
      message: 'the shop is closed',
      same: true,
    })
    const span = server(spans)
    expect(span).toMatchObject({ status: 2, attributes: { 'error.type': 'TypeError' } })
    expect(span.attributes).not.toHaveProperty('http.response.status_code')
    expect(span.events).toMatchObject([
      {
        name: 'exception',
        attributes: { 'exception.type': 'TypeError', 'exception.message': 'the shop is closed' },
      },
    ])
  })

  testWithContext('a request that fails is an error, one that is aborted is not', async () => {
    const failed = await tell('/unreachable', 2)
    expect(failed.text).toBe('true')
    const broken = failed.spans.find(({ kind }) => kind == 3)!
    expect(broken.status).toBe(2)
    expect(broken.attributes).toHaveProperty('error.type')
    expect(broken.attributes).not.toHaveProperty('http.response.status_code')

    const aborted = await tell('/abort', 2)
    expect(aborted.text).toBe('AbortError')
    expect(aborted.spans.find(({ kind }) => kind == 3)).toMatchObject({
      status: 0,
      attributes: { 'lightspan.ended_by': 'abort' },
    })
  })

  test.each(['/stream', '/proxy/stream'])('a stream is not held back (%s)', async (path) => {
    const response = await ask(path, incoming(++count))
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe('first ')
    if (path == '/stream') await until('the gate', () => origin.seen.at(-1)!.path == '/gate')
    origin.openGate()
    expect((await reader.read()).value).toBe('second')
    expect((await reader.read()).done).toBe(true)
    const stream = server(await collector.trace(traceId(count)))
    expect(stream.attributes['http.response.status_code']).toBe(200)
  })

  test('spans leave after the response, in a batch, and by themselves', async () => {
    const before = collector.seen.length
    const n = ++count
    const response = await ask('/many-spans', incoming(n))
    const answered = Date.now()
    await response.text()
    await collector.trace(traceId(n), 121)
    const sent = collector.seen.slice(before)
    expect(sent.at(-1)!.at).toBeGreaterThanOrEqual(answered - 5)
    const batch = collector.batches().find(({ spans }) => spans.length >= 121)!
    expect(batch).toMatchObject({ path: '/v1/spans', gzip: true, contentType: 'text/plain' })
    // Nobody traced the export itself.
    expect(batch.headers).not.toHaveProperty('traceparent')
  })

  test('work after the response is part of the trace', async () => {
    const { text, spans } = await tell('/background', 3)
    expect(text).toBe('later')
    const after = spans.find(({ name }) => name == 'after the response')!
    expect(after.parentSpanId).toBe(server(spans).spanId)
    expect(after.end).toBeGreaterThan(server(spans).end)
  })

  test.each([
    ['an uppercase trace id', { traceparent: `00-${'A'.repeat(32)}-${parentId}-01` }],
    ['a zero parent', { traceparent: `00-${traceId(1)}-${'0'.repeat(16)}-01` }],
    ['version ff', { traceparent: `ff-${traceId(1)}-${parentId}-01` }],
    ['nonsense', { traceparent: 'yes' }],
  ])('a request with %s begins a trace of its own', async (_, headers) => {
    const response = await ask('/hello', { headers: { ...headers, tracestate: 'a=1' } })
    const told = /"00-([\da-f]{32})-/.exec(response.headers.get('server-timing')!)![1]!
    const [span] = await collector.trace(told)
    expect(span!.parentSpanId).toBeUndefined()
    expect(headers.traceparent.toLowerCase()).not.toContain(told)
  })

  if (name.startsWith('workerd'))
    test("a binding's fetch is a client span, called as the binding wants it", async () => {
      const { text, spans } = await tell('/binding', 2)
      const client = spans.find(({ kind }) => kind == 3)!
      const echo = JSON.parse(text) as Echo
      expect(echo).toMatchObject({ method: 'POST', url: 'http://orders/list', body: 'x' })
      expect(idOf(echo.headers.traceparent)).toBe(client.spanId)
      expect(client.attributes).toMatchObject({ 'server.address': 'orders', 'server.port': 80 })
    })

  if (name != 'Node')
    test('a WebSocket is upgraded as without us', async () => {
      const n = ++count
      expect(await talk(`${story.url}/socket`, incoming(n).headers)).toBe('echo hello')
      await collector.trace(traceId(n))
    })

  // The last one: what hangs stays hanging for as long as an export may take.
  test('a collector that hangs delays nothing and holds three exports at most', async () => {
    collector.mood('hung')
    const answers = await Promise.all(
      Array.from({ length: 60 }, async () => (await ask('/many-spans')).text()),
    )
    expect(new Set(answers)).toEqual(new Set(['many']))
    await until('an export', () => collector.open())
    for (let n = 0; n < 20; n++) expect(await (await ask('/many-spans')).text()).toBe('many')
    expect(collector.mostOpen()).toBeLessThanOrEqual(3)
    // Nor does workerd warn of a promise of one request that another waits for.
    if (name.startsWith('workerd')) expect(story.complaints()).toBe('')
  })
})
