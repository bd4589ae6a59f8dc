import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createExporter, type SpanRecord } from 'lightspan/core'
import { createIds, encodeCompact, type OtlpSpan, type TracesData } from 'lightspan/wire'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readAnswer } from '../../src/export/answer.ts'
import { createTransport } from '../../src/export/transport.ts'
import { spansOf, startCollector, type TestCollector } from '../kit/collector.ts'

// A network between the exporter and a real collector that does to each batch what the test says.
type Fault =
  | 'pass'
  | 'stall'
  | 'reset'
  | 'deliver, then drop the connection'
  | 'deliver twice'
  | 'deliver, and say that one was rejected'
  | { status: number; headers?: Record<string, string> }

const startNetwork = async (target: string) => {
  const plan: Fault[] = []
  const requests: number[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    requests.push(performance.now())
    const fault = plan.shift() ?? 'pass'
    if (fault == 'stall') return
    if (fault == 'reset') return void response.destroy()
    if (typeof fault == 'object') return void response.writeHead(fault.status, fault.headers).end()
    const body = Buffer.concat(parts)
    const deliver = () => fetch(target, { method: 'POST', body })
    const answer = await deliver()
    if (fault == 'deliver twice') await deliver()
    if (fault == 'deliver, then drop the connection') return void response.destroy()
    const text = await answer.text()
    const partial = '{"partialSuccess":{"rejectedSpans":"1"}}'
    response
      .writeHead(answer.status)
      .end(fault == 'pass' || fault == 'deliver twice' ? text : partial)
  }
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/spans`,
    plan,
    requests,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

let collector: TestCollector
let network: Awaited<ReturnType<typeof startNetwork>>
beforeAll(async () => {
  vi.stubGlobal('navigator', {}) // Node 20 has none; a page has
  collector = await startCollector()
  network = await startNetwork(`${collector.url}/v1/spans`)
  const { timeout } = AbortSignal
  // a request that hangs is given up in half a minute; a test has not as long
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout.call(AbortSignal, ms / 60))
})
afterAll(async () => {
  vi.restoreAllMocks()
  await network.close()
  await collector.stop()
  await collector.clean()
})

const page = (url = network.url, compress = true) => {
  const ids = createIds([...crypto.getRandomValues(new Uint32Array(4))])
  const traceId = ids.next(16)
  const told: Record<string, number>[] = []
  const exporter = createExporter({
    size: 100,
    delay: 50,
    compress,
    encode: (spans, dropped, number) => {
      if (dropped) told.push(dropped)
      return encodeCompact({
        resource: { 'service.name': 'hostile' },
        scope: { name: 'lightspan', version: '0' },
        origin: Date.now() - performance.now(),
        sent: performance.now(),
        ids,
        number,
        dropped,
        spans,
      })
    },
    transport: createTransport({
      url,
      type: 'text/plain',
      own: true,
      headers: undefined,
      read: readAnswer,
    }),
  })
  const add = (count: number, more: Partial<SpanRecord> = {}) => {
    for (let at = 0; at < count; at++)
      exporter.add({
        traceId,
        spanId: ids.next(8),
        name: `work ${at}`,
        kind: 1,
        start: performance.now(),
        duration: 1,
        attributes: {},
        events: [],
        links: [],
        status: 0,
        ...more,
      } satisfies SpanRecord)
  }
  const stored = async (count: number): Promise<OtlpSpan[]> =>
    spansOf((await collector.trace(traceId, count)) as TracesData)
  return { exporter, add, stored, told, traceId }
}

describe('through a network that', () => {
  const faults: [string, Fault[]][] = [
    ['stalls', ['stall']],
    ['resets the connection', ['reset', 'reset']],
    ['says 429 with Retry-After', [{ status: 429, headers: { 'retry-after': '1' } }]],
    ['says 503', [{ status: 503 }]],
    ['drops the connection after the body', ['deliver, then drop the connection']],
    ['delivers twice', ['deliver twice']],
    ['does all of it', [{ status: 503 }, 'deliver, then drop the connection', 'reset']],
  ]
  test.each(faults)('%s, each span comes into the store once', async (_, plan) => {
    const { add, exporter, stored } = page()
    network.plan.push(...plan)
    add(60)
    await exporter.flush()
    add(40)
    await vi.waitUntil(() => !network.plan.length, { timeout: 30_000 })
    const spans = await stored(100)
    expect(spans).toHaveLength(100)
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(100)
  })

  test('says 413, the batch comes in halves, and each span into the store once', async () => {
    const { add, exporter, stored, told } = page()
    network.plan.push({ status: 413 }, { status: 413 })
    const before = network.requests.length
    add(60)
    await exporter.flush()
    add(40)
    const spans = await stored(100)
    expect(spans).toHaveLength(100)
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(100)
    expect(told).toEqual([])
    expect(network.requests.length - before).toBeLessThan(10)
  })

  test('says 413 to a span alone, that one is lost and told, and the others arrive', async () => {
    const { add, exporter, stored, told } = page()
    network.plan.push({ status: 413 }, { status: 413 })
    add(2)
    await exporter.flush() // both, then the first of them
    add(40)
    expect(await stored(41)).toHaveLength(41)
    expect(told).toEqual([{ refused: 1 }])
  })

  test('says 400, what was refused is lost, told, and not sent again', async () => {
    const { add, exporter, stored, told } = page()
    network.plan.push({ status: 400 })
    const before = network.requests.length
    add(60)
    await exporter.flush()
    add(40)
    expect(await stored(40)).toHaveLength(40)
    expect(told).toEqual([{ refused: 60 }])
    expect(network.requests.length - before).toBe(2)
  })

  test('leads to a collector that refuses bodies above its limit, all arrive in parts', async () => {
    const small = await startCollector({ args: ['--max-body', '2000'] })
    const direct = await startNetwork(`${small.url}/v1/spans`)
    try {
      const { add, exporter, traceId } = page(direct.url, false)
      add(100)
      await exporter.flush()
      const spans = spansOf(await small.trace(traceId, 100))
      expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(100)
    } finally {
      await direct.close()
      await small.stop()
      await small.clean()
    }
  })

  test('says that one was rejected, that one is told as lost', async () => {
    const { add, exporter, stored, told } = page()
    network.plan.push('deliver, and say that one was rejected')
    add(2)
    await exporter.flush()
    add(2)
    await exporter.flush()
    expect(await stored(4)).toHaveLength(4)
    expect(told).toEqual([{ rejected: 1 }])
  })

  test('leads to a collector that cannot keep some spans of a batch, it keeps the others, and those are told', async () => {
    const { add, exporter, stored, told } = page()
    const tooMany = Array.from({ length: 1001 }, (_, at): [string, number] => [`a${at}`, at])
    const rejected = async () =>
      (await collector.metrics()).get(
        'lightspan_collector_rejected_spans_total{format="compact"}',
      ) ?? 0
    const before = await rejected()
    add(2, { name: 'good' })
    add(1, { name: 'bad', attributes: Object.fromEntries(tooMany) })
    add(1, { name: 'bad', start: 8e12 }) // after the last time that the store can hold
    add(2, { name: 'good' })
    await exporter.flush()
    expect((await rejected()) - before).toBe(2)
    add(1, { name: 'good' })
    await exporter.flush()
    expect((await stored(5)).map(({ name }) => name)).toEqual(Array(5).fill('good'))
    expect(told).toEqual([{ rejected: 2 }])
  })

  test('holds nothing back, 3,000 spans of one moment all arrive', async () => {
    const { add, exporter, stored } = page()
    add(3000)
    await exporter.flush()
    await exporter.flush()
    expect(await stored(3000)).toHaveLength(3000)
  })
})
