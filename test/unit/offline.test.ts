// @vitest-environment happy-dom
// Where IndexedDB is absent, denied, full or stuck, offlineSpans is as if it were not there; and it keeps nothing
// without leave.

import { offlineSpans, type PageTracer, type Transport } from 'lightspan'
import type { Answer } from 'lightspan/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const stops: (() => void)[] = []

const unreached: Answer = { taken: false, retry: true }

const setUp = (consent: 'granted' | 'denied' | 'pending' = 'granted') => {
  const post = vi.fn((): [Promise<Answer>, boolean] => [Promise.resolve(unreached), true])
  const leave = vi.fn(() => true)
  const transport = {
    own: true,
    post,
    leave,
    request: (how: typeof fetch) => how('/v1/spans', {}),
  } as unknown as Transport
  let agreed = consent
  const tracer = {
    exporter: { drop: vi.fn(), transport },
    consent: () => agreed,
    setConsent: (answer: typeof consent) => void (agreed = answer),
  } as unknown as PageTracer
  const stop = offlineSpans()(tracer)
  stops.push(stop)
  const ask = (body = 'body') => transport.post(body)[0]
  return { post, leave, transport, tracer, stop, ask }
}

const deleted = vi.fn(() => ({}))
const stubDatabase = (open: () => unknown) =>
  void vi.stubGlobal('indexedDB', {
    open,
    deleteDatabase: deleted,
    databases: () => Promise.resolve([]),
  })

// A database that opens, and whose transactions end as `end` says.
const opening = (end: 'abort' | 'complete') => () => {
  const request: Record<string, unknown> = {}
  const transaction = () => {
    const it: Record<string, unknown> = { abort: () => {} }
    const request = () => ({})
    it['objectStore'] = () => ({ put: request, getAllKeys: request, transaction: it })
    setTimeout(() => (it[`on${end}`] as () => void)())
    return it
  }
  request['result'] = { transaction, close: () => {} }
  setTimeout(() => (request['onsuccess'] as () => void)())
  return request
}

beforeEach(() => {
  vi.useFakeTimers()
  deleted.mockClear()
})
afterEach(() => {
  stops.splice(0).forEach((stop) => stop())
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const broken: Record<string, () => unknown> = {
  throws: () => {
    throw new Error('denied')
  },
  'fails to open': () => {
    const request: { onerror?: (event: Event) => void } = {}
    setTimeout(() => request.onerror!(new Event('error')))
    return request
  },
  'never answers': () => ({}),
}

describe.each(Object.entries(broken))('an IndexedDB that %s', (_, open) => {
  test('leaves it to the exporter to try again', async () => {
    stubDatabase(open)
    const { ask, post, leave, transport } = setUp()
    const first = ask()
    await vi.advanceTimersByTimeAsync(7000)
    expect(await first).toEqual(unreached)
    post.mockClear()
    expect(await ask()).toEqual(unreached)
    expect(post).toHaveBeenCalledOnce()
    expect(transport.leave('gone')).toBe(true)
    expect(leave).toHaveBeenCalledOnce()
  })
})

test('without IndexedDB it is left to the exporter', async () => {
  vi.stubGlobal('indexedDB', undefined)
  const { ask } = setUp()
  const first = ask()
  await vi.advanceTimersByTimeAsync(10)
  expect(await first).toEqual(unreached)
})

test('where there is no room the exporter tries again, and nobody is asked before the pause is over', async () => {
  stubDatabase(opening('abort'))
  const { ask, post } = setUp()
  const first = ask()
  await vi.advanceTimersByTimeAsync(100)
  expect(await first).toEqual(unreached)
  const second = ask()
  await vi.advanceTimersByTimeAsync(100)
  expect(await second).toMatchObject({ taken: false, retry: true })
  expect((await second).after).toBeGreaterThan(0)
  expect(post).toHaveBeenCalledOnce()
})

test('what is kept counts as taken; a dead endpoint is asked once, and then not before the pause is over', async () => {
  stubDatabase(opening('complete'))
  const { ask, post, transport, leave } = setUp()
  const first = ask()
  await vi.advanceTimersByTimeAsync(100)
  expect(await first).toEqual({ taken: true })
  const second = ask()
  await vi.advanceTimersByTimeAsync(100)
  expect(await second).toEqual({ taken: true })
  expect(post).toHaveBeenCalledOnce()
  expect(transport.leave('gone')).toBe(true)
  expect(leave).not.toHaveBeenCalled()
})

test('what a receiver has refused is not kept', async () => {
  const open = vi.fn(opening('complete'))
  stubDatabase(open)
  const { ask, post } = setUp()
  await vi.advanceTimersByTimeAsync(100)
  open.mockClear()
  post.mockReturnValue([Promise.resolve({ taken: false, retry: false }), true])
  expect(await ask()).toEqual({ taken: false, retry: false })
  expect(open).not.toHaveBeenCalled()
})

test('while nobody has said yes nothing is kept, and a no forgets what was', async () => {
  const open = vi.fn(opening('complete'))
  stubDatabase(open)
  const { ask, tracer } = setUp('pending')
  await vi.advanceTimersByTimeAsync(100)
  expect(await ask()).toEqual(unreached)
  expect(open).not.toHaveBeenCalled()
  expect(deleted).not.toHaveBeenCalled()
  tracer.setConsent('denied')
  expect(deleted).toHaveBeenCalledOnce()
  expect(await ask()).toEqual(unreached)
  expect(open).not.toHaveBeenCalled()
})

test('under Global Privacy Control nothing is kept, and what was is forgotten', async () => {
  vi.stubGlobal('navigator', { globalPrivacyControl: true })
  const open = vi.fn(opening('complete'))
  stubDatabase(open)
  const { ask } = setUp()
  expect(await ask()).toEqual(unreached)
  await vi.advanceTimersByTimeAsync(100)
  expect(deleted).toHaveBeenCalledOnce()
  expect(open).not.toHaveBeenCalled()
})

test('stop gives the transport back, and nothing is opened any more', async () => {
  const open = vi.fn(opening('complete'))
  stubDatabase(open)
  const { stop, transport, post, leave } = setUp()
  stop()
  expect(transport.post).toBe(post)
  expect(transport.leave).toBe(leave)
  dispatchEvent(new Event('offline'))
  dispatchEvent(new Event('online'))
  await vi.advanceTimersByTimeAsync(100)
  expect(open).not.toHaveBeenCalled()
})
