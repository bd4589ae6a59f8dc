// The transport: what a page may have in flight, and platforms that lack what it sends by.

import { createExporter, type SpanRecord } from 'lightspan/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readAnswer } from '../../src/export/answer.ts'
import { createTransport } from '../../src/export/transport.ts'
import { plainDelivery } from '../../src/plain-parts.ts'

const span = (name: string) => ({ name, status: 0 }) as SpanRecord

const setUp = (headers?: Record<string, string>) =>
  createTransport({ url: '/v1/spans', type: 'text/plain', own: true, headers, read: readAnswer })

beforeEach(() => void vi.stubGlobal('navigator', {}))
afterEach(() => vi.unstubAllGlobals())

describe('where there is no fetch', () => {
  test('flush does not reject, and what it could not send is counted', async () => {
    vi.stubGlobal('fetch', undefined)
    const told: unknown[] = []
    const exporter = createExporter({
      size: 100,
      delay: 1e6,
      compress: false,
      encode: (spans, lost) => {
        if (lost) told.push(lost)
        return JSON.stringify(spans)
      },
      transport: setUp(),
    })
    exporter.add(span('a'))
    exporter.add(span('b'))
    await expect(exporter.flush()).resolves.toBeUndefined()
    // it is told where there is a beacon still
    exporter.leave()
    expect(told).toEqual([{ refused: 2 }])
  })

  test('nor a beacon, nothing leaves and nothing throws', () => {
    vi.stubGlobal('fetch', undefined)
    expect(setUp().leave('body')).toBe(false)
  })
})

describe('as the page goes, by keepalive fetch for its headers are wanted', () => {
  test('no more is in flight than the half that a request of a living page leaves', async () => {
    const sent: { size: number; answer: () => void }[] = []
    vi.stubGlobal('fetch', (_: string, { body }: { body: string }) => {
      const { promise, resolve } = withResolvers<Response>()
      sent.push({ size: body.length, answer: () => resolve(new Response('{}')) })
      return promise
    })
    const { leave } = setUp({ 'x-tenant': 'a' })
    const body = 'x'.repeat(12_000)
    expect([leave(body), leave(body), leave(body)]).toEqual([true, true, false])
    expect(sent).toHaveLength(2)
    sent[0]!.answer()
    await vi.waitUntil(() => leave(body))
    expect(leave(body)).toBe(false)
  })
})

test('what is larger than a beacon is not tried by one', () => {
  const sendBeacon = vi.fn(() => true)
  vi.stubGlobal('navigator', { sendBeacon })
  const { leave } = setUp()
  expect(leave('ä'.repeat(30_000))).toBe(false)
  expect(sendBeacon).not.toHaveBeenCalled()
  expect(leave('ä'.repeat(29_000))).toBe(true)
})

// A blob is read after sendBeacon has returned: Chromium was seen to wait for it for ever where the page closed meanwhile.
describe('what a beacon carries', () => {
  const sent: unknown[] = []
  beforeEach(() => {
    sent.length = 0
    vi.stubGlobal('navigator', { sendBeacon: (_: string, body: unknown) => !!sent.push(body) })
  })

  test('for a receiver of Lightspan is the body itself, which leaves with the call', () => {
    const bytes = new ArrayBuffer(8)
    const { leave } = setUp()
    expect([leave('body'), leave(bytes)]).toEqual([true, true])
    expect(sent).toEqual(['body', bytes])
  })

  test('for another one is a blob, for only that has a type', () => {
    const type = 'application/json'
    createTransport({ url: '/', type, own: false, headers: undefined, read: readAnswer }).leave(
      '{}',
    )
    expect(sent).toEqual([expect.objectContaining({ size: 2, type })])
  })
})

const withResolvers = <Result>() => {
  let resolve = (_: Result) => {}
  const promise = new Promise<Result>((it) => (resolve = it))
  return { promise, resolve }
}

test.each(['null', '7', '"fine"', '[]', 'no JSON', ''])(
  'a 2xx answer that says %s takes the batch, and says nothing else',
  async (body) => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(body)))
    const [answer] = setUp().post('{}')
    expect(await answer).toMatchObject({ taken: true, retry: false, large: false, rejected: 0 })
    expect((await answer).now).toBeUndefined()
  },
)

test.each(['text/html', 'text/html; charset=utf-8', 'application/xhtml+xml'])(
  'a page in %s, as a login that a redirect led to, is no receiver that took the batch',
  async (type) => {
    const page = () => new Response('<h1>Sign in</h1>', { headers: { 'content-type': type } })
    vi.stubGlobal('fetch', () => Promise.resolve(page()))
    const [answer] = setUp().post('{}')
    expect(await answer).toMatchObject({ taken: false, retry: false })
    expect(await plainDelivery[1](page())).toEqual({ taken: false })
    expect(await plainDelivery[1](new Response('{}'))).toEqual({ taken: true })
  },
)
