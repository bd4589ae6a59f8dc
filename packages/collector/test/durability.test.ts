// What was acknowledged is there, once, whatever happens to the process.

import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import {
  eventually,
  spansOf,
  startCollector,
  type TestCollector,
} from '../../../test/kit/collector.ts'
import { openLog } from '../src/log/log.ts'
import { compactOf, newId, otlpOf, toProtobuf, ways } from './some-traces.ts'

let running: TestCollector | undefined
const start = async (options: Parameters<typeof startCollector>[0] = {}) => {
  running = await startCollector(options)
  return running
}
afterEach(async () => {
  await running?.kill()
  await running?.clean()
  running = undefined
})

const json = { 'content-type': 'application/json' }

/** Sends batches from several writers, each the next when the last is answered, until told to stop. */
const load = (url: string, writers: number, spans: number) => {
  const agent = new Agent({ keepAlive: true })
  const acknowledged: { traceId: string; spanIds: string[] }[] = []
  const failed: unknown[] = []
  let going = true
  let enough: () => void = () => {}
  const post = (body: Buffer) =>
    new Promise<number | undefined>((done, fail) => {
      const headers = { 'content-type': 'application/x-protobuf' }
      request(url + '/v1/traces', { method: 'POST', agent, headers }, (response) => {
        response
          .resume()
          .on('end', () => done(response.statusCode))
          .on('error', fail)
      })
        .on('error', fail)
        .end(body)
    })
  const write = async (at: number) => {
    for (let n = 0; going; n++) {
      const traceId = newId(16)
      const spanIds = Array.from({ length: spans }, () => newId(8))
      const told = otlpOf(
        traceId,
        ...spanIds.map((spanId) => ({ spanId, service: `writer-${at}` })),
      )
      const plain = toProtobuf(told)
      try {
        const status = await post(n % 2 ? gzipSync(plain) : plain)
        if (status == 200) acknowledged.push({ traceId, spanIds })
        else failed.push(status)
      } catch (error) {
        failed.push(error)
        return
      }
      enough()
    }
  }
  const ended = Promise.all(Array.from({ length: writers }, (_, at) => write(at)))
  return {
    acknowledged,
    failed,
    /** Resolves when that many batches are acknowledged. */
    until: (count: number) =>
      new Promise<void>((done) => {
        enough = () => acknowledged.length >= count && done()
      }),
    end: async () => {
      going = false
      await ended
      agent.destroy()
    },
  }
}

const expectAll = async (
  { trace }: TestCollector,
  acknowledged: { traceId: string; spanIds: string[] }[],
) => {
  for (const { traceId, spanIds } of acknowledged) {
    const ids = spansOf(await trace(traceId, spanIds.length)).map(({ spanId }) => spanId)
    expect(ids.toSorted()).toEqual(spanIds.toSorted())
  }
}

const segments = (data: string) =>
  readdirSync(join(data, 'log'))
    .filter((name) => name.endsWith('.log'))
    .map((name) => join(data, 'log', name))

test('kill -9 under load, again and again: every acknowledged span is there once', async () => {
  let collector = await start()
  const acknowledged: { traceId: string; spanIds: string[] }[] = []
  for (let round = 0; round < 3; round++) {
    const writers = load(collector.url, 6, 5)
    await writers.until(60)
    await collector.kill()
    await writers.end()
    acknowledged.push(...writers.acknowledged)
    // and a write that the kill cut off
    const last = segments(collector.data).at(-1)
    if (last) {
      const bytes = readFileSync(last)
      if (bytes.length > 50) appendFileSync(last, bytes.subarray(0, 45))
    }
    collector = await start({ data: collector.data })
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(180)
  await expectAll(collector, acknowledged)
  expect(collector.complaints()).toContain('cut off')
})

test('a log that the store has never seen is replayed', async () => {
  let collector = await start()
  const traceIds = Array.from({ length: 20 }, () => newId(16))
  await Promise.all(
    traceIds.map((traceId) =>
      collector.post('/v1/spans', compactOf(traceId), { 'content-type': 'text/plain' }),
    ),
  )
  await collector.kill() // well before the store is asked to write
  collector = await start({ data: collector.data })
  for (const traceId of traceIds) await collector.trace(traceId)
})

test('while the log is replayed, the collector says so and takes nothing', async () => {
  const first = await start()
  await first.stop()
  const log = await openLog(join(first.data, 'log'), { warn: () => {} })
  await log.replay(async () => {})
  const traceId = newId(16)
  for (let n = 0; n < 120; n++) {
    const spans = Array.from({ length: 200 }, () => ({}))
    await log.append('protobuf', gzipSync(toProtobuf(otlpOf(n ? newId(16) : traceId, ...spans))))
  }
  await log.close()

  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  free.close()
  const url = `http://127.0.0.1:${port}`
  const starting = start({ data: first.data, args: ['--port', String(port)] })
  const health = await eventually(
    () => fetch(url + '/healthz').catch(() => undefined),
    () => 'nobody listens',
  )
  expect([health.status, await health.json()]).toEqual([503, { status: 'starting' }])
  const early = await fetch(url + '/v1/spans', { method: 'POST', body: compactOf(newId(16)) })
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1'])

  const collector = await starting
  expect((await fetch(url + '/healthz')).status).toBe(200)
  expect(spansOf(await collector.trace(traceId))).toHaveLength(200)
  expect((await collector.metrics()).get('lightspan_collector_replayed_spans_total')).toBe(24_000)
})

test('SIGTERM while requests are under way loses nothing, and ends with 0', async () => {
  let collector = await start()
  const writers = load(collector.url, 6, 5)
  await writers.until(40)
  const code = await collector.stop()
  await writers.end()
  expect(code).toBe(0)
  expect(collector.complaints()).toBe('')
  // the store has all of it: nothing is left to replay
  expect(segments(collector.data)).toEqual([])
  collector = await start({ data: collector.data })
  expect((await collector.metrics()).get('lightspan_collector_replayed_spans_total')).toBe(0)
  await expectAll(collector, writers.acknowledged)
})

test('SIGTERM does not wait for a sender that never ends', async () => {
  const collector = await start()
  const slow = request(collector.url + '/v1/traces', { method: 'POST', headers: json })
  slow.on('error', () => {})
  slow.write('{')
  await collector.metrics() // it has begun by now
  expect(await collector.stop()).toBe(0)
  expect(existsSync(join(collector.data, 'store', 'main.duckdb'))).toBe(true)
})

describe('a span', () => {
  const hour = 3600e3

  test('that comes twice is stored once, at the same time, later, and after a restart', async () => {
    let collector = await start()
    const traceId = newId(16)
    const old = newId(16)
    const send = async (told: string) => {
      expect((await collector.post('/v1/traces', told, json)).status).toBe(200)
    }
    const now = JSON.stringify(otlpOf(traceId, { spanId: 'a'.repeat(16) }, {}))
    // late: its slice of time is long over
    const late = JSON.stringify(
      otlpOf(old, { spanId: 'b'.repeat(16), start: Date.now() - 30 * hour }),
    )
    for (const told of [now, now, late, late]) await send(told)
    await collector.settled()
    for (const told of [now, late]) await send(told)
    await collector.settled()
    await collector.stop()
    collector = await start({ data: collector.data })
    for (const told of [now, late]) await send(told)
    await collector.settled()
    expect(spansOf(await collector.trace(traceId))).toHaveLength(2)
    expect(spansOf(await collector.trace(old))).toHaveLength(1)
    const { services } = await collector.get<{ services: { spans: number }[] }>(
      '/api/services?from=-2d',
    )
    expect(services.map(({ spans }) => spans)).toEqual([3])
  })

  test('of any time is kept: of 1970, of the year 2262, and of all slices between', async () => {
    const collector = await start()
    const starts = [
      0,
      Date.now() - 300 * 24 * hour,
      Date.now() - 8 * hour,
      Date.now() + 9e12 - 1.8e12,
    ]
    const sent = starts.map((start) => ({ traceId: newId(16), start: Math.min(start, 9.2e12) }))
    for (const { traceId, start } of sent)
      await collector.post('/v1/traces', JSON.stringify(otlpOf(traceId, { start })), json)
    for (const { traceId, start } of sent) {
      const [span] = spansOf(await collector.trace(traceId))
      expect(Number(span!.startTimeUnixNano) / 1e6).toBeCloseTo(start, -1)
    }
  })
})

test('what is older than the retention goes, with its file; what is younger stays', async () => {
  let collector = await start({ args: ['--retention', '10d'] })
  const hour = 3600e3
  const [old, young] = [newId(16), newId(16)]
  for (const [traceId, start] of [
    [old, Date.now() - 72 * hour],
    [young, Date.now() - hour],
  ] as const)
    await collector.post('/v1/traces', JSON.stringify(otlpOf(traceId, { start })), json)
  await collector.trace(old)
  await collector.trace(young)
  await collector.stop()
  const files = () => readdirSync(join(collector.data, 'store')).filter((it) => /^s\d/.test(it))
  expect(files()).toHaveLength(2)
  collector = await start({ data: collector.data, args: ['--retention', '48h'] })
  await collector.trace(young)
  expect((await fetch(`${collector.url}/api/traces/${old}`)).status).toBe(404)
  expect(files().filter((it) => it.endsWith('.duckdb'))).toHaveLength(1)
})

test('when too much waits for the store, senders are told to come back, and lose nothing', async () => {
  const collector = await start({ args: ['--max-waiting', String(2 ** 20)] })
  const attributes = [{ key: 'large', value: { stringValue: 'x'.repeat(30_000) } }]
  const traceIds = Array.from({ length: 60 }, () => newId(16))
  let refused = 0
  const send = async (traceId: string): Promise<void> => {
    const response = await collector.post(
      '/v1/traces',
      JSON.stringify(otlpOf(traceId, { attributes })),
      json,
    )
    if (response.status == 200) return
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await response.json()).toMatchObject({ code: 14, error: { limit: 2 ** 20 } })
    refused++
    await new Promise((later) => setTimeout(later, 30))
    return send(traceId)
  }
  await Promise.all(traceIds.map(send))
  expect(refused).toBeGreaterThan(0)
  for (const traceId of traceIds) await collector.trace(traceId)
  await collector.settled()
  expect((await collector.metrics()).get('lightspan_collector_waiting_bytes')).toBe(0)
})

test('a log damaged in its middle gives up what it holds besides, and is kept', async () => {
  let collector = await start()
  const traceIds = Array.from({ length: 3 }, () => newId(16))
  for (const traceId of traceIds)
    await collector.post('/v1/spans', compactOf(traceId), { 'content-type': ways[2]!.type })
  await collector.kill()
  const [file] = segments(collector.data)
  const bytes = readFileSync(file!)
  bytes[bytes.length >> 1]! ^= 255
  writeFileSync(file!, bytes)
  // as if the store had got nothing of it
  rmSync(join(collector.data, 'log', 'applied'), { force: true })
  collector = await start({ data: collector.data })
  expect(collector.complaints()).toContain('damaged')
  for (const traceId of [traceIds[0]!, traceIds[2]!]) await collector.trace(traceId)
  await collector.stop()
  expect(readdirSync(join(collector.data, 'log')).some((it) => it.endsWith('.aside'))).toBe(true)
})
