// requests.test.ts: what a worker's fetch makes of its arguments.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { gunzipSync } from 'node:zlib'
import { hearMessages, postWithContext, startWorker, type WorkerLightspan } from '@lightspan/worker'
import { decodeCompact } from 'lightspan/wire'
import { readBatch } from '../../../test/kit/received.ts'

let asked: Request[]
let bodies: BodyInit[]
let answer: () => Response
let lightspan: WorkerLightspan

beforeEach(() => {
  answer = () => new Response('{}')
  asked = []
  bodies = []
  vi.stubGlobal('WorkerGlobalScope', class {})
  vi.stubGlobal('navigator', { userAgent: 'test' })
  vi.stubGlobal('location', new URL('http://shop.example/worker.js'))
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('removeEventListener', () => {})
  vi.stubGlobal('fetch', async (input: string | Request, init?: RequestInit) => {
    if (input == '/v1/spans') bodies.push(init!.body!)
    else asked.push(new Request(input, init))
    init?.signal?.throwIfAborted()
    return Promise.resolve(answer())
  })
  lightspan = startWorker({ service: 'worker' })
})
afterEach(() => {
  lightspan.stop()
  vi.unstubAllGlobals()
})

test('options that are frozen are taken like others', async () => {
  const init = Object.freeze({ method: 'PUT', body: 'x', headers: Object.freeze({ own: 'yes' }) })
  await fetch('http://shop.example/cart', init)
  const [{ method, headers }] = asked as [Request]
  expect([method, headers.get('own')]).toEqual(['PUT', 'yes'])
  expect(headers.get('traceparent')).toMatch(/^00-/)
})

test('options whose members are inherited are taken like others', async () => {
  const init = Object.create({ method: 'PUT', headers: { own: 'yes' } }) as RequestInit
  await fetch('http://shop.example/cart', init)
  const [{ method, headers }] = asked as [Request]
  expect([method, headers.get('own')]).toEqual(['PUT', 'yes'])
})

test('an abort is not an error, whatever its reason, and a timeout is', async () => {
  const reasons = [new Error('the user left'), 'a word', new DOMException('late', 'TimeoutError')]
  for (const reason of reasons) {
    const signal = AbortSignal.abort(reason)
    await expect(fetch('http://shop.example/cart', { signal })).rejects.toBe(reason)
  }
  await lightspan.flush()
  const sent = bodies.map(async (it) => Buffer.from(await new Response(it).arrayBuffer()))
  const spans = (await Promise.all(sent)).flatMap((it) => readBatch('/v1/spans', {}, it).spans)
  const seen = spans.map(({ status, attributes }) => [status, attributes['lightspan.ended_by']])
  // what the tests before this one left may come first
  expect(seen.slice(-3)).toEqual([
    [0, 'abort'],
    [0, 'abort'],
    [2, undefined],
  ])
})

test('a page in HTML, as a login that a redirect led to, is no receiver that took the batch', async () => {
  const read = async (body: BodyInit) =>
    readBatch('/v1/spans', {}, Buffer.from(await new Response(body).arrayBuffer()))
  answer = () => new Response('<h1>Sign in</h1>', { headers: { 'content-type': 'text/html' } })
  lightspan.startSpan('lost').end()
  await lightspan.flush()
  const { length } = bodies
  answer = () => new Response('{}')
  lightspan.startSpan('told').end()
  // after a pause, as after any refusal
  await vi.waitUntil(() => bodies.length > length, { timeout: 10_000 })
  expect((await read(bodies.at(-1)!)).drops).toMatchObject({ refused: 1 })
})

test('the weight of what is sampled travels with it to the own origin, and no further', async () => {
  lightspan.stop()
  lightspan = startWorker({
    service: 'worker',
    sample: 1 - 2 ** -50,
    propagateTo: ['http://api.example'],
  })
  await lightspan.span('root', async (span) => {
    expect(span.traceState).toBe('ot=th:00000000000040'.replace(/0+$/, ''))
    await fetch('http://shop.example/cart')
    await fetch('http://api.example/cart')
  })
  const [own, other] = asked as [Request, Request]
  expect(own.headers.get('tracestate')).toMatch(/^ot=th:[\da-f]+$/)
  expect(other.headers.get('traceparent')).toMatch(/^00-/)
  expect(other.headers.get('tracestate')).toBeNull()
})

test('a request that is passed on keeps the weight that it came with', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03'
  const headers = { traceparent, tracestate: 'ot=th:8,other=1' }
  await fetch(new Request('http://shop.example/cart', { headers }))
  const [{ headers: sent }] = asked as [Request]
  expect(sent.get('tracestate')).toBe('ot=th:8,other=1')
  await lightspan.flush()
  const body = Buffer.from(await new Response(bodies.at(-1)!).arrayBuffer())
  const data = decodeCompact(body[0] == 0x1f ? gunzipSync(body).toString() : body.toString()).data
  const states = data.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map(({ traceState }) => traceState)),
  )
  expect(states.at(-1)).toBe('ot=th:8,other=1')
})

test('a message brings the weight with it, and nothing that is none', async () => {
  const heard: (string | undefined)[] = []
  const target = new EventTarget()
  const undo = hearMessages({
    tracer: lightspan.tracer,
    target,
    hear: () => heard.push(lightspan.active()?.traceState),
  })
  const channel = {
    postMessage: (data: unknown) => target.dispatchEvent(new MessageEvent('message', { data })),
  }
  const parent = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    flags: 3,
    traceState: 'ot=th:8',
  }
  const span = lightspan.startSpan('sender', { parent })
  lightspan.run(span, () => postWithContext(lightspan, channel, 'hello'))
  for (const state of [7, 'no list', undefined])
    channel.postMessage({ 'lightspan.message.v1': span.traceparent(), state, message: 'hello' })
  undo()
  span.end()
  expect(heard).toEqual(['ot=th:8', undefined, undefined, undefined])
  await lightspan.flush()
})
