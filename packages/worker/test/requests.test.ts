// requests.test.ts: what a worker's fetch makes of its arguments.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startWorker, type WorkerLightspan } from '@lightspan/worker'

let asked: Request[]
let lightspan: WorkerLightspan

beforeEach(() => {
  asked = []
  vi.stubGlobal('WorkerGlobalScope', class {})
  vi.stubGlobal('navigator', { userAgent: 'test' })
  vi.stubGlobal('location', new URL('http://shop.example/worker.js'))
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('removeEventListener', () => {})
  vi.stubGlobal('fetch', async (input: string | Request, init?: RequestInit) => {
    if (input != '/v1/spans') asked.push(new Request(input, init))
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
