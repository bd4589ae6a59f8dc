// requests.test.ts: what a worker's fetch makes of its arguments.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startWorker, type WorkerLightspan } from '@lightspan/worker'
import { readBatch } from '../../../test/kit/received.ts'

let asked: Request[]
let bodies: BodyInit[]
let lightspan: WorkerLightspan

beforeEach(() => {
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
    return Promise.resolve(new Response('{}'))
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
