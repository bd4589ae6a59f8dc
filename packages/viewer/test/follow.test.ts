// follow.test.ts: a trace that is looked at while it still arrives. No DOM.

import { signal } from '@preact/signals'
import type { TracesData } from 'lightspan/wire'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Answer, Api } from '../src/api/client.ts'
import type { Trace } from '../src/api/model.ts'
import { readTrace } from '../src/api/read-trace.ts'
import type { Route } from '../src/state/route.ts'
import { createTraceStore } from '../src/state/trace-store.ts'

const start = Date.parse('2026-01-01T00:00:00Z')

interface Sent {
  id: string
  parent?: string
  /** ms since the trace's usual start. */
  from?: number
  /** ms */
  lasts?: number
  open?: boolean
}

const traceOf = (...sent: Sent[]): Trace => {
  const nanos = (ms: number) => String(BigInt(start + ms) * 1_000_000n)
  const spans = sent.map(({ id, parent, from = 0, lasts = 100, open }) => ({
    traceId: 'a'.repeat(32),
    spanId: id.repeat(16),
    ...(parent && { parentSpanId: parent.repeat(16) }),
    name: id,
    startTimeUnixNano: nanos(from),
    endTimeUnixNano: nanos(from + lasts),
    ...(open && { attributes: [{ key: 'lightspan.open', value: { boolValue: true } }] }),
  }))
  return readTrace('a'.repeat(32), { resourceSpans: [{ scopeSpans: [{ spans }] }] } as TracesData)
}

const stored = (...sent: Sent[]): Answer<Trace> => ({ kind: 'ok', value: traceOf(...sent) })
const unknown: Answer<Trace> = { kind: 'failed', status: 404, because: 'not found' }

// The collector answers what `answer` holds; the clock starts `age` ms after the trace.
const openStore = ({ answer, age = 0 }: { answer: Answer<Trace>; age?: number }) => {
  vi.setSystemTime(start + age)
  const collector = { answer, asked: 0 }
  const page = { hidden: false }
  const api = {
    trace: () => {
      collector.asked++
      return Promise.resolve(collector.answer)
    },
  } as Partial<Api> as Api
  const route = signal<Route>({ page: 'trace', traceId: 'a'.repeat(32), spanId: undefined })
  const store = createTraceStore({ api, route, page, now: () => Date.now() })
  return { store, collector, page, route }
}

const later = (ms: number) => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('a young trace', () => {
  test('is completed by what still arrives', async () => {
    const { store, collector } = openStore({ answer: stored({ id: 'b', parent: 'a' }) })
    await later(0)
    expect(store.rows.value.map((it) => it.span.name)).toEqual(['b'])
    expect(store.following.value).toBe(true)
    collector.answer = stored({ id: 'a' }, { id: 'b', parent: 'a' })
    await later(1000)
    expect(store.rows.value.map((it) => it.span.name)).toEqual(['a', 'b'])
  })

  test('shows the end of a span that was open, though there are no more spans than before', async () => {
    const { store, collector } = openStore({ answer: stored({ id: 'a', open: true }) })
    await later(0)
    expect(store.rows.value.map((it) => it.span.ending)).toEqual(['open'])
    collector.answer = stored({ id: 'a', lasts: 2000 })
    await later(1000)
    expect(store.rows.value.map((it) => [it.span.ending, it.span.duration])).toEqual([
      ['received', 2e9],
    ])
    expect(store.window.value).toEqual({ from: 0, to: 2e9 })
  })

  test('is not drawn anew while nothing changes', async () => {
    const { store } = openStore({ answer: stored({ id: 'a' }, { id: 'b', parent: 'a' }) })
    await later(0)
    const { value } = store.rows
    await later(5000)
    expect(store.rows.value).toBe(value)
  })

  test('is let alone ten seconds after its end', async () => {
    const { store, collector } = openStore({ answer: stored({ id: 'a' }) })
    await later(12_000)
    expect(store.following.value).toBe(false)
    const { asked } = collector
    expect(asked).toBe(11)
    await later(60_000)
    expect(collector.asked).toBe(asked)
  })

  test('is let alone twenty seconds after it last grew, though its clock is hours ahead', async () => {
    const ahead = 3 * 3_600_000
    const { store, collector } = openStore({ answer: stored({ id: 'a', from: ahead }) })
    await later(5000)
    collector.answer = stored({ id: 'a', from: ahead }, { id: 'b', parent: 'a', from: ahead })
    await later(18_000)
    expect(store.following.value).toBe(true)
    await later(5000)
    expect(store.following.value).toBe(false)
    const { asked } = collector
    await later(60_000)
    expect(collector.asked).toBe(asked)
  })

  test('keeps the place of whoever looks at it, though it began earlier than it seemed', async () => {
    const { store, collector } = openStore({
      answer: stored({ id: 'b' }, { id: 'c', parent: 'b', from: 10 }),
    })
    await later(0)
    store.cursor.value = 'b'.repeat(16)
    store.collapsed.value = new Set(['b'.repeat(16)])
    store.window.value = { from: 20e6, to: 40e6 }
    collector.answer = stored(
      { id: 'b' },
      { id: 'c', parent: 'b', from: 10 },
      { id: 'd', from: -5 },
    )
    await later(1000)
    expect(store.rows.value.map((it) => it.span.name)).toEqual(['d', 'b'])
    expect(store.node.value?.span.name).toBe('b')
    expect(store.window.value).toEqual({ from: 25e6, to: 45e6 })
  })

  test('shows all of its time as it grows, unless somebody has zoomed in', async () => {
    const { store, collector } = openStore({ answer: stored({ id: 'a' }) })
    await later(0)
    expect(store.window.value).toEqual({ from: 0, to: 100e6 })
    collector.answer = stored({ id: 'a' }, { id: 'b', parent: 'a', from: 200 })
    await later(1000)
    expect(store.window.value).toEqual({ from: 0, to: 300e6 })
  })

  test('is not asked for while nobody sees it', async () => {
    const { collector, page } = openStore({ answer: stored({ id: 'a' }) })
    page.hidden = true
    await later(5000)
    expect(collector.asked).toBe(1)
  })

  test('stays when the collector goes away', async () => {
    const { store, collector } = openStore({ answer: stored({ id: 'a' }) })
    await later(0)
    collector.answer = { kind: 'failed', status: 0, because: 'The collector does not answer.' }
    await later(3000)
    expect(store.rows.value.map((it) => it.span.name)).toEqual(['a'])
  })

  test('is no longer asked for when the list is shown', async () => {
    const { collector, route } = openStore({ answer: stored({ id: 'a' }) })
    await later(0)
    route.value = { page: 'nowhere', path: '/x' }
    await later(5000)
    expect(collector.asked).toBe(1)
  })
})

describe('an old trace', () => {
  test('is asked for once', async () => {
    const { store, collector } = openStore({ answer: stored({ id: 'a' }), age: 3_600_000 })
    await later(30_000)
    expect(collector.asked).toBe(1)
    expect(store.following.value).toBe(false)
  })
})

describe('a trace of which nothing is stored', () => {
  test('is found when it comes', async () => {
    const { store, collector } = openStore({ answer: unknown, age: 3_600_000 })
    await later(2000)
    expect(store.state.value).toMatchObject({ kind: 'failed', status: 404 })
    expect(store.following.value).toBe(true)
    collector.answer = stored({ id: 'a' })
    await later(1000)
    expect(store.rows.value.map((it) => it.span.name)).toEqual(['a'])
  })

  test('is given up after ten seconds, until somebody asks again', async () => {
    const { store, collector } = openStore({ answer: unknown })
    await later(30_000)
    expect(store.following.value).toBe(false)
    const { asked } = collector
    store.reload()
    await later(3000)
    expect(collector.asked).toBe(asked + 4)
  })
})
