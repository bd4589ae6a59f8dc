// How many spans may leave, of a trace and in a minute, and what is said of those that may not.

import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createStackContext, createTracer } from 'lightspan/core'
import type { SpanRecord } from '../../src/trace/record.ts'
import { createVisitor } from '../../src/visitor.ts'

const make = (consent?: 'denied') => {
  let kept = 0
  let now = 0
  const lost: Record<string, number> = {}
  const visitor = createVisitor(
    { service: 'page', consent },
    { origin: 0, now: () => now },
    () => kept++,
    (reason = 'queue') => (lost[reason] = (lost[reason] || 0) + 1),
  )
  const pass = (traceId: string, count: number, start = 0) => {
    now = start
    const span = { traceId, spanId: 'a', start, attributes: {}, links: [] }
    for (let at = 0; at < count; at++)
      visitor.pass({ ...span, events: [] } as unknown as SpanRecord)
  }
  return { pass, lost, kept: () => kept }
}

beforeEach(() => {
  vi.stubGlobal('location', { origin: 'https://shop.example' })
  vi.stubGlobal('document', new EventTarget())
  vi.stubGlobal('navigator', { userAgent: '' })
  vi.stubGlobal('sessionStorage', undefined)
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('self', globalThis)
  vi.stubGlobal('top', globalThis)
  return () => vi.unstubAllGlobals()
})

describe('spans of a trace', () => {
  test('are a thousand at most; those beyond are counted by that reason, and other traces go on', () => {
    const { pass, lost, kept } = make()
    pass('a', 1010)
    pass('b', 5)
    expect(kept()).toBe(1005)
    expect(lost).toEqual({ trace: 10 })
  })

  test('are no loss to tell of where the user said no', () => {
    const { pass, lost, kept } = make('denied')
    pass('a', 1010)
    expect([kept(), lost]).toEqual([0, {}])
  })

  test('are counted over the minutes, until the trace is quiet for a whole one', () => {
    const { pass, lost, kept } = make()
    for (let minute = 0; minute < 5; minute++) pass('a', 300, minute * 60_000)
    expect([kept(), lost]).toEqual([1000, { trace: 500 }])
    pass('b', 1, 6 * 60_000)
    pass('b', 1, 7 * 60_000)
    pass('a', 1, 7 * 60_000)
    expect(kept()).toBe(1003)
  })
})

test('spans of a minute are 3,000 at most, of all traces, and anew in the next', () => {
  const { pass, lost, kept } = make()
  for (let at = 0; at < 7; at++) pass(`t${at}`, 500)
  expect([kept(), lost]).toEqual([3000, { minute: 500 }])
  pass('t0', 1, 60_000)
  expect(kept()).toBe(3001)
})

test('events and links beyond 128 are counted on their span', () => {
  const span = createTracer({
    clock: { origin: 0, now: () => 0 },
    random: (bytes) => 'ab'.repeat(bytes),
    context: createStackContext(),
    sample: 1,
    onEnd: () => {},
  }).start('large')
  for (let at = 0; at < 130; at++) span.addEvent('e').addLink(span)
  span.addLink(span)
  expect([span.events.length, span.links.length]).toEqual([128, 128])
  expect(span.attributes).toMatchObject({
    'otel.dropped_events_count': 2,
    'otel.dropped_links_count': 3,
  })
})
