// Names and values as large as a request may be: they are kept, and no answer fails for them.

import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { spansOf, startCollector, type TestCollector } from '../../../test/kit/collector.ts'
import { mostTraceBytes, type TraceSummary } from '../src/store/store.ts'
import { newId, otlpOf, type Told } from './some-traces.ts'

let collector: TestCollector

beforeAll(async () => {
  collector = await startCollector()
}, 30_000)

afterAll(async () => {
  await collector.stop()
  await collector.clean()
})

const megabytes = (count: number) => 'x'.repeat(count * 1e6)

const send = async (traceId: string, ...spans: Told[]) => {
  const body = new Uint8Array(gzipSync(JSON.stringify(otlpOf(traceId, ...spans)), { level: 1 }))
  const { status } = await collector.post('/v1/traces', body, {
    'content-type': 'application/json',
  })
  expect(status).toBe(200)
}

test('lists cut a long name, and the trace has it whole', async () => {
  const traceId = newId(16)
  const long = 'n'.repeat(10_000)
  await send(traceId, { service: long, name: long })
  await collector.settled()
  const [found] = (await collector.get<{ traces: TraceSummary[] }>('/api/traces')).traces
  const names = [found!.rootService, found!.rootName, found!.services[0]!.name]
  expect(names.map(({ length }) => length)).toEqual([1000, 1000, 1000])
  for (const path of ['/api/services', '/api/routes'])
    expect((await (await fetch(collector.url + path)).text()).length).toBeLessThan(5000)
  expect(spansOf(await collector.trace(traceId))[0]!.name).toBe(long)
})

test('a span with a name of megabytes is left out alone, and a service with one refused', async () => {
  const traceId = newId(16)
  const json = { 'content-type': 'application/json' }
  const post = async (...spans: Told[]) => {
    const response = await collector.post(
      '/v1/traces',
      JSON.stringify(otlpOf(traceId, ...spans)),
      json,
    )
    return [response.status, await response.text()] as const
  }
  const [kept, told] = await post({ name: megabytes(1) }, { name: 'fine' })
  expect([kept, JSON.parse(told)]).toMatchObject([
    200,
    {
      partialSuccess: {
        rejectedSpans: '1',
        errorMessage: expect.stringContaining('.name: has 1000000') as string,
      },
    },
  ])
  const [refused, why] = await post({ service: megabytes(1) }, {})
  expect([refused, JSON.parse(why)]).toMatchObject([400, { error: { limit: 10_000 } }])
  expect(spansOf(await collector.trace(traceId)).map(({ name }) => name)).toEqual(['fine'])
})

test('of a trace larger than an answer can be, what fits is given, and said to be the beginning', async () => {
  const traceId = newId(16)
  const start = Date.now() - 60e3
  const size = 9
  const sent = Math.ceil(mostTraceBytes / (size * 1e6)) + 2
  for (let n = 0; n < sent; n++) {
    const attributes = [{ key: 'big', value: { stringValue: megabytes(size) } }]
    await send(traceId, { name: `part ${n}`, start: start + n, attributes })
    await collector.settled()
  }
  const trace = await collector.trace(traceId)
  expect(trace).toMatchObject({ truncated: true })
  const given = spansOf(trace).map(({ name }) => name)
  expect(given).toHaveLength(Math.floor(mostTraceBytes / (size * 1e6)))
  expect(given).toEqual(given.map((_, n) => `part ${n}`))
})
