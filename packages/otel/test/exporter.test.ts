// The exporter in a real OpenTelemetry SDK, against a receiver that reads compact batches.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decodeCompact } from 'lightspan/wire'
import { createSpanExporter, type EndedSpan, type ExportOutcome } from '@lightspan/otel'
import { readBatch, type ReceivedBatch } from '../../../test/kit/received.ts'

let server: Server
let url: string
let batches: ReceivedBatch[]
/** How the next requests are answered; then with 200. */
let answers: [status: number, headers?: Record<string, string>][]

const receive = async (request: IncomingMessage, response: ServerResponse) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const [status, headers] = answers.shift() ?? [200]
  if (status == 200) batches.push(readBatch(request.url!, request.headers, Buffer.concat(parts)))
  response.writeHead(status, headers).end('{}')
}

beforeEach(async () => {
  batches = []
  answers = []
  server = createServer((request, response) => void receive(request, response))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/spans`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const resource = resourceFromAttributes({ 'service.name': 'orders', 'process.pid': 7 })

const ended = () => {
  const spans: ReadableSpan[] = []
  const provider = new BasicTracerProvider({
    resource,
    spanProcessors: [
      {
        onStart: () => {},
        onEnd: (span) => void spans.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  })
  provider.getTracer('a').startSpan('one').end()
  return spans
}

const send = (spans: EndedSpan[], more = {}) =>
  new Promise<ExportOutcome>((done) => createSpanExporter({ url, ...more }).export(spans, done))

describe('an SDK with this exporter', () => {
  test('delivers its spans, as they are', async () => {
    const provider = new BasicTracerProvider({
      resource,
      spanProcessors: [new BatchSpanProcessor(createSpanExporter({ url }))],
    })
    const tracer = provider.getTracer('shop', '2')
    const remote = {
      traceId: '1'.repeat(32),
      spanId: '2'.repeat(16),
      traceFlags: 1,
      isRemote: true,
    }
    const start = new Date('2026-01-02T03:04:05.678Z')
    const parent = tracer.startSpan(
      'parent',
      { kind: 1, startTime: start, attributes: { list: ['a', 'b'], n: 1.5, whole: 2, yes: true } },
      trace.setSpanContext(ROOT_CONTEXT, remote),
    )
    const child = tracer.startSpan(
      'child',
      { links: [{ context: remote, attributes: { why: 'retry' } }] },
      trace.setSpan(ROOT_CONTEXT, parent),
    )
    child.addEvent('cache miss', { key: 'k' })
    child.setStatus({ code: SpanStatusCode.ERROR, message: 'bad' }).end()
    parent.end(new Date(+start + 1500))
    provider.getTracer('other').startSpan('else').end()
    await provider.forceFlush()

    expect(batches.map(({ path, contentType }) => [path, contentType])).toEqual([
      ['/v1/spans', 'text/plain'],
      ['/v1/spans', 'text/plain'],
    ])
    const spans = batches.flatMap((it) => it.spans)
    const find = (name: string) => spans.find((it) => it.name == name)!
    expect(find('parent')).toMatchObject({
      traceId: remote.traceId,
      parentSpanId: remote.spanId,
      kind: 2,
      start: +start,
      end: +start + 1500,
      status: 0,
      attributes: { list: ['a', 'b'], n: 1.5, whole: 2, yes: true },
      resource: { 'service.name': 'orders', 'process.pid': 7 },
    })
    expect(find('parent').flags & 0x300).toBe(0x300)
    expect(find('child')).toMatchObject({
      traceId: remote.traceId,
      parentSpanId: find('parent').spanId,
      kind: 1,
      status: 2,
      links: [{ traceId: remote.traceId, spanId: remote.spanId }],
      events: [{ name: 'cache miss', attributes: { key: 'k' } }],
    })
    expect(Math.abs(find('child').start - Date.now())).toBeLessThan(60_000)
    expect(find('else').traceId).not.toBe(remote.traceId)
    await provider.shutdown()
  })

  test('delivers what it is left with when it shuts down', async () => {
    const exporter = createSpanExporter({ url })
    const provider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    })
    provider.getTracer('a').startSpan('last').end()
    await provider.shutdown()
    expect(batches.flatMap((it) => it.spans).map(({ name }) => name)).toEqual(['last'])
    const late = await new Promise((done) => exporter.export(ended(), done))
    expect(late).toMatchObject({ code: 1 })
  })
})

describe('the exporter', () => {
  test('compresses what is worth it, and sends key and headers', async () => {
    const spans = Array.from({ length: 100 }, () => ended()[0]!)
    const outcome = await send(spans, { key: 'public', headers: { 'x-tenant': 'a' } })
    expect(outcome).toEqual({ code: 0 })
    expect(batches).toMatchObject([{ gzip: true, headers: { 'x-tenant': 'a' } }])
    expect(batches[0]!.spans).toHaveLength(100)
  })

  test('asks a busy receiver again, after what it asks for', async () => {
    answers = [[503, { 'retry-after': '1' }], [429]]
    const running = send(ended())
    await expect(running).resolves.toEqual({ code: 0 })
    expect(batches).toHaveLength(1)
  })

  test('tells the SDK of a refusal, at once', async () => {
    answers = [[400], [400]]
    const outcome = await send(ended())
    expect(outcome.code).toBe(1)
    expect(outcome.error?.message).toContain('400')
    expect(answers).toHaveLength(1)
  })

  test('tells the SDK of a redirect, which is never followed: as a GET anybody would answer it', async () => {
    answers = [[302, { location: '/login' }]]
    const outcome = await send(ended())
    expect(outcome.error?.message).toContain('302')
  })

  test('waits until the date that a busy receiver names', async () => {
    const soon = Math.ceil(Date.now() / 1000) * 1000 + 3000
    answers = [[503, { 'retry-after': new Date(soon).toUTCString() }]]
    expect(await send(ended())).toEqual({ code: 0 })
    expect(Date.now()).toBeGreaterThanOrEqual(soon - 10)
  })

  test('waits for all that is on its way, also where one request of a batch has failed', async () => {
    answers = [[400], [503]]
    const exporter = createSpanExporter({ url })
    const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
    for (const scope of ['a', 'b']) provider.getTracer(scope).startSpan(scope).end()
    await Promise.allSettled([provider.forceFlush()])
    await exporter.forceFlush()
    expect(batches.flatMap((it) => it.spans)).toHaveLength(1)
  })

  test('gives up on a receiver that stays away', async () => {
    let asked = 0
    const away = async () => {
      asked++
      throw new TypeError('away')
    }
    expect(await send(ended(), { fetch: away })).toMatchObject({ code: 1 })
    expect(asked).toBe(3)
  })

  test('reads spans of SDK 1.x too', async () => {
    const [span] = ended()
    const old = {
      name: span!.name,
      kind: span!.kind,
      spanContext: () => span!.spanContext(),
      parentSpanId: '3'.repeat(16),
      startTime: span!.startTime,
      duration: span!.duration,
      status: span!.status,
      attributes: {},
      links: [],
      events: [],
      resource: { attributes: { 'service.name': 'old' } },
      instrumentationLibrary: { name: 'lib' },
    }
    await send([old])
    expect(batches[0]!.spans[0]).toMatchObject({
      parentSpanId: '3'.repeat(16),
      resource: { 'service.name': 'old' },
    })
  })

  describe('against a receiver that does not answer', () => {
    const slow = () => {
      const asked: { body: BodyInit; answer: (response: Response) => void }[] = []
      const exporter = createSpanExporter({
        url,
        fetch: (_, init) =>
          new Promise((answer) => asked.push({ body: init!.body as string, answer })),
      })
      const outcomes: ExportOutcome[] = []
      return {
        asked,
        exporter,
        outcomes,
        send: (spans: EndedSpan[]) => exporter.export(spans, (it) => outcomes.push(it)),
        answer: (status: number) =>
          asked.splice(0).forEach((it) => it.answer(new Response('{}', { status }))),
      }
    }
    const settle = async () => {
      for (let n = 0; n < 20; n++) await new Promise(setImmediate)
    }
    const droppedIn = (body: BodyInit) => decodeCompact(body as string).drops

    test('has thirty batches under way, refuses more at once, and tells the next one how many it has lost', async () => {
      const { asked, outcomes, send, answer, exporter } = slow()
      for (let n = 0; n < 30; n++) send(ended())
      expect(outcomes).toEqual([])
      send([...ended(), ...ended()])
      send(ended())
      expect(outcomes.map(({ code, error }) => [code, error?.message])).toEqual([
        [1, 'lightspan: 30 batches are under way, the limit; spans dropped: 2'],
        [1, 'lightspan: 30 batches are under way, the limit; spans dropped: 1'],
      ])
      await settle()
      expect(asked).toHaveLength(30)
      answer(200)
      await exporter.forceFlush()
      expect(outcomes.slice(2)).toEqual(Array(30).fill({ code: 0 }))
      // what is lost is told until somebody has taken it, and then no more
      for (const [status, told] of [
        [400, { queue: 3 }],
        [200, { queue: 3 }],
        [200, {}],
      ] as const) {
        send(ended())
        await settle()
        expect(droppedIn(asked[0]!.body)).toEqual(told)
        answer(status)
        await exporter.forceFlush()
      }
    })

    test('asks thirty times at once, however many scopes the spans have', async () => {
      const { asked, outcomes, send, answer, exporter } = slow()
      const [span] = ended()
      send(
        Array.from({ length: 50 }, (_, n) => ({
          ...span!,
          spanContext: () => span!.spanContext(),
          duration: span!.duration,
          instrumentationScope: { name: `scope ${n}` },
        })),
      )
      await settle()
      expect(asked).toHaveLength(30)
      answer(200)
      await settle()
      expect(asked).toHaveLength(20)
      answer(200)
      await exporter.forceFlush()
      expect(outcomes).toEqual([{ code: 0 }])
    })
  })
})
