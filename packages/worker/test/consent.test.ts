// What a worker records waits for the user's answer, and vanishes where that is no.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startWorker, type Consent, type WorkerLightspan } from '@lightspan/worker'
import { readBatch, type ReceivedSpan } from '../../../test/kit/received.ts'

let batches: Promise<ReceivedSpan[]>[]
let told: (string | null)[]
let lightspan: WorkerLightspan

const begin = (consent?: Consent) => {
  lightspan = startWorker({ service: 'worker', consent })
}
const record = (name: string) => lightspan.startSpan(name, { parent: null }).end()
const sent = async () => {
  await lightspan.flush()
  return (await Promise.all(batches)).flat()
}
const names = async () => (await sent()).map(({ name }) => name)

beforeEach(() => {
  batches = []
  told = []
  vi.stubGlobal('WorkerGlobalScope', class {})
  vi.stubGlobal('navigator', { userAgent: 'test' })
  vi.stubGlobal('location', new URL('http://shop.example/worker.js'))
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('removeEventListener', () => {})
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    if (url == '/v1/spans')
      batches.push(
        new Response(init.body)
          .arrayBuffer()
          .then(
            (body) => readBatch(url, { 'content-type': 'text/plain' }, Buffer.from(body)).spans,
          ),
      )
    else told.push(new Headers(init?.headers).get('traceparent'))
    return Promise.resolve(new Response('{}'))
  })
})
afterEach(() => {
  lightspan.stop()
  vi.unstubAllGlobals()
})

test('granted, which is the default: everything goes out', async () => {
  begin()
  record('a')
  expect(await names()).toEqual(['a'])
})

test('pending: nothing goes out before the answer, and what waited does after a yes', async () => {
  begin('pending')
  record('a')
  await fetch('/api')
  expect(await names()).toEqual([])
  lightspan.setConsent('granted')
  record('b')
  expect(await names()).toEqual(['a', 'GET', 'b'])
})

test('pending: after a no what waited is forgotten, also by a yes that comes later', async () => {
  begin('pending')
  record('a')
  lightspan.setConsent('denied')
  lightspan.setConsent('granted')
  record('b')
  expect(await names()).toEqual(['b'])
})

test('denied: nothing is sent, and no request carries trace context', async () => {
  begin('denied')
  record('a')
  await fetch('/api')
  expect(await names()).toEqual([])
  expect(told).toEqual([null])
  lightspan.setConsent('granted')
  await fetch('/api')
  expect(told[1]).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-03$/)
})

test('a yes that is taken back: what has not left yet never does', async () => {
  begin()
  record('taken back')
  lightspan.setConsent('denied')
  expect(await names()).not.toContain('taken back')
})

test('500 spans wait, and no more', async () => {
  begin('pending')
  for (let n = 0; n < 600; n++) record(`${n}`)
  lightspan.setConsent('granted')
  const all = await names()
  expect(all.filter((name) => /^\d+$/.test(name))).toEqual(
    Array.from({ length: 500 }, (_, n) => `${n}`),
  )
})

test('attributes that the page tells later are on every span that ends from then on', async () => {
  begin()
  lightspan.setAttributes({ 'session.id': 's1', a: 1 })
  lightspan.startSpan('b', { parent: null, attributes: { a: 2 } }).end()
  expect((await sent())[0]!.attributes).toMatchObject({ 'session.id': 's1', a: 2 })
})
