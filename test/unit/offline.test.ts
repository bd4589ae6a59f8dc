// @vitest-environment happy-dom
// Where IndexedDB is absent, denied, full or stuck, offlineSpans is as if it were not there; and it keeps nothing
// without leave.

import { offlineSpans, type PageTracer, type Transport } from 'lightspan'
import type { Answer } from 'lightspan/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const stops: (() => void)[] = []

const unreached: Answer = { taken: false, retry: true }

const setUp = (consent: 'granted' | 'denied' | 'pending' = 'granted', own = true) => {
  const post = vi.fn((): [Promise<Answer>, boolean] => [Promise.resolve(unreached), true])
  const leave = vi.fn(() => true)
  const transport = {
    own,
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
  localStorage.clear()
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

test('what was to be opened as the user says no is not made any more', async () => {
  const open = vi.fn(opening('complete'))
  stubDatabase(open)
  let look: (all: unknown[]) => void
  Object.assign(indexedDB, { databases: () => new Promise((resolve) => (look = resolve)) })
  const { tracer } = setUp()
  await vi.advanceTimersByTimeAsync(100) // it looks for what an earlier page has left
  dispatchEvent(new Event('offline'))
  tracer.setConsent('denied')
  look!([])
  await vi.advanceTimersByTimeAsync(100)
  expect(deleted).toHaveBeenCalled()
  expect(open).not.toHaveBeenCalled()
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

describe('as the page goes without a network', () => {
  const offline = () => vi.stubGlobal('navigator', { onLine: false })
  const left = () => Object.keys(localStorage)

  test('a text is left in localStorage at once, and put into the database by whoever lives', async () => {
    stubDatabase(opening('complete'))
    offline()
    const { transport, leave } = setUp()
    expect(transport.leave('gone')).toBe(true)
    expect(left()).toHaveLength(1)
    expect(localStorage.getItem(left()[0]!)).toBe('http://localhost:3000/v1/spans\ngone')
    await vi.advanceTimersByTimeAsync(1000)
    expect(left()).toEqual([])
    expect(leave).not.toHaveBeenCalled()
  })

  test('all that is left has a bound, beyond which the database is asked', () => {
    const open = vi.fn(opening('complete'))
    stubDatabase(open)
    offline()
    const { transport } = setUp()
    for (const size of [2e5, 5e4, 5e4]) transport.leave('x'.repeat(size))
    expect(left()).toHaveLength(2)
  })

  test('where localStorage is full or denied the database is asked', async () => {
    const open = vi.fn(opening('complete'))
    stubDatabase(open)
    offline()
    vi.stubGlobal('localStorage', {
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError')
      },
      clear: () => {},
    })
    const { transport, leave } = setUp()
    expect(transport.leave('gone')).toBe(true)
    await vi.advanceTimersByTimeAsync(100)
    expect(open).toHaveBeenCalled()
    expect(leave).not.toHaveBeenCalled()
  })

  test('nothing is left for a receiver that does not tell a span that comes twice', () => {
    stubDatabase(opening('complete'))
    offline()
    const { transport } = setUp('granted', false)
    transport.leave('gone')
    expect(left()).toEqual([])
  })

  test('nothing is left without leave, and under Global Privacy Control what was is forgotten', async () => {
    stubDatabase(opening('complete'))
    offline()
    const { transport } = setUp('pending')
    transport.leave('gone')
    expect(left()).toEqual([])
    localStorage.setItem('lightspan.left 1 0 4 0', 'http://localhost:3000/v1/spans\nkept')
    await vi.advanceTimersByTimeAsync(100)
    expect(left()).toHaveLength(1)
    vi.stubGlobal('navigator', { onLine: false, globalPrivacyControl: true })
    setUp()
    await vi.advanceTimersByTimeAsync(100)
    expect(left()).toEqual([])
  })
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

test('what an earlier page has kept is no request of the application’s to another Lightspan of the page', () => {
  stubDatabase(opening('complete'))
  setUp()
  const { ingest } = (globalThis as { [key: symbol]: { ingest?: object } })[
    Symbol.for('lightspan.context.v1')
  ]!
  expect(Object.keys(ingest!)).toContain(new URL('/v1/spans', document.baseURI).href)
})
