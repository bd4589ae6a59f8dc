// Which entry ends which stream: one to one by address and start, or none at all; and no more than has room.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStackContext, createTracer, redactUrl, type Span } from 'lightspan/core'
import { streamSpans } from 'lightspan'
import type { PageTracer } from '../../src/trace/instrumentation.ts'

type Hear = (list: { getEntries: () => object[] }) => void

let hear: Hear = () => {}
let pending: object[] = []
let ended: Span[] = []

class Observer {
  static supportedEntryTypes = ['resource']
  constructor(callback: Hear) {
    hear = callback
  }
  observe() {}
  disconnect() {
    hear = () => {}
  }
  takeRecords() {
    return pending.splice(0)
  }
}

let page: EventTarget
beforeEach(() => {
  ended = []
  pending = []
  page = new EventTarget()
  vi.stubGlobal('PerformanceObserver', Observer)
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
})
afterEach(() => vi.unstubAllGlobals())

const make = () => {
  let ids = 0
  const tracer = createTracer({
    clock: { origin: 0, now: () => 9000 },
    random: (bytes) => (++ids).toString(16).padStart(bytes * 2, '0'),
    context: createStackContext(),
    sample: 1,
    onEnd: (span) => ended.push(span),
  })
  const later: PageTracer['later'] = (work) => work()
  const page = { ...tracer, redact: redactUrl, later } as unknown as PageTracer
  const { start } = page
  return { page, start, undo: streamSpans()(page) }
}

// A request, which ends at its headers, 20 ms later, unless it is said how.
const request = ({ start }: PageTracer, path: string, at: number, endedAt?: string) => {
  const attributes = { 'url.full': `https://a.example/${path}` }
  const span = start('GET', { kind: 3, start: at, attributes })
  span.setAttribute('lightspan.ended_at', endedAt ?? 'headers').end(at + 20)
  return span
}
const entry = (path: string, startTime: number, responseEnd: number, more = {}) => ({
  initiatorType: 'fetch',
  name: `https://a.example/${path}`,
  startTime,
  responseEnd,
  encodedBodySize: 0,
  ...more,
})
const tell = (...entries: object[]) => hear({ getEntries: () => entries })
const streams = () => ended.filter(({ name }) => name == 'GET stream')

test('an entry makes the stream of the one request that it fits', () => {
  const { page } = make()
  const span = request(page, 'chat?q=REDACTED', 100)
  tell(
    entry('chat?q=x', 100, 5000, { initiatorType: 'img' }),
    entry('chat?q=x', 160, 5000),
    entry('chat', 101, 5000),
  )
  expect(streams()).toEqual([])
  tell(entry('chat?q=x', 101, 5000, { encodedBodySize: 7 }))
  expect(streams()).toMatchObject([
    {
      traceId: span.traceId,
      parentId: span.spanId,
      start: 120,
      duration: 4880,
      links: [{ spanId: span.spanId }],
      attributes: { 'url.full': 'https://a.example/chat?q=REDACTED', 'http.response.body.size': 7 },
    },
  ])
  tell(entry('chat?q=x', 101, 5000))
  expect(streams()).toHaveLength(1)
})

test('none is made of a request that has ended with its entry, or may be another’s', () => {
  const { page } = make()
  request(page, 'whole', 100, 'elsewhere')
  request(page, 'twice', 100)
  request(page, 'twice', 130)
  tell(entry('whole', 100, 120), entry('twice', 101, 4000), entry('twice', 131, 5000))
  page.start('GET', { kind: 1, attributes: { 'url.full': 'https://a.example/inner' } }).end()
  tell(entry('inner', 9000, 9500))
  page.start('GET', { kind: 3 }).end()
  expect(streams()).toEqual([])
})

test('it belongs to the address of the call, whatever has become of that on the span', () => {
  const { page } = make()
  const span = request(page, 'chat', 100)
  span.attributes['url.full'] = 'hidden'
  span.start += 60_000 // as where the machine has slept since
  tell(entry('chat', 100, 5000))
  expect(streams()).toMatchObject([
    { start: 120, attributes: { 'url.full': 'https://a.example/chat' } },
  ])
})

test('it waits for no one: what waits for its children does not hear of it', () => {
  const { page } = make()
  const view = page.start('navigation')
  page.run(view, () => request(page, 'chat', 100))
  const { children, open, lastEnd } = view
  tell(entry('chat', 100, 5000))
  expect(streams()).toMatchObject([{ parentId: view.spanId, remote: false }])
  expect({ children, open, lastEnd }).toEqual({ children: 1, open: 0, lastEnd: 120 })
  expect(view).toMatchObject({ children, open, lastEnd })
})

test('as the page goes those end that are open, once, and those whose entry waits to be told by that', () => {
  const { page: tracer } = make()
  request(tracer, 'open', 100)
  request(tracer, 'done', 200)
  request(tracer, 'whole', 300, 'elsewhere')
  pending = [entry('done', 200, 4000)]
  page.dispatchEvent(new Event('pagehide'))
  page.dispatchEvent(new Event('pagehide'))
  expect(
    streams().map(({ attributes, start, duration }) => [attributes, start + duration]),
  ).toEqual([
    [expect.not.objectContaining({ 'lightspan.ended_by': 'leave' }), 4000],
    [expect.objectContaining({ 'lightspan.ended_by': 'leave' }), 9000],
  ])
})

test('of more than fifty that wait the oldest are forgotten', () => {
  const { page } = make()
  for (let at = 0; at < 51; at++) request(page, `chat/${at}`, at)
  tell(entry('chat/0', 0, 5000), entry('chat/1', 1, 5000), entry('chat/50', 50, 5000))
  expect(streams().map(({ attributes }) => attributes['url.full'])).toEqual([
    'https://a.example/chat/1',
    'https://a.example/chat/50',
  ])
})

test('undone, it gives the tracer back, and hears nothing', () => {
  const { page: tracer, start, undo } = make()
  request(tracer, 'chat', 100)
  undo()
  expect(tracer.start).toBe(start)
  tell(entry('chat', 100, 5000))
  page.dispatchEvent(new Event('pagehide'))
  expect(streams()).toEqual([])
})
