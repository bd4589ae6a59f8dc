// What a visitor lets leave: of spans that are wrong, and of somebody who says no.

import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createStackContext, createTracer } from 'lightspan/core'
import type { BaseOptions } from '../../src/options.ts'
import type { SpanRecord } from '../../src/trace/record.ts'
import { createVisitor } from '../../src/visitor.ts'

let stored: Record<string, string> = {}
beforeEach(() => {
  stored = {}
  vi.stubGlobal('origin', 'https://shop.example')
  vi.stubGlobal('document', new EventTarget())
  vi.stubGlobal('navigator', { userAgent: '' })
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored[key] ?? null,
    setItem: (key: string, value: string) => (stored[key] = value),
    removeItem: (key: string) => delete stored[key],
  })
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('self', globalThis)
  vi.stubGlobal('top', globalThis)
  return () => vi.unstubAllGlobals()
})

const make = (options: Partial<BaseOptions> = {}) => {
  const kept: SpanRecord[] = []
  const visitor = createVisitor(
    { service: 'page', ...options },
    { origin: 0, now: () => 0 },
    (span) => kept.push(span),
    () => {},
  )
  const tracer = createTracer({
    clock: { origin: 0, now: () => 0 },
    random: (bytes) => 'ab'.repeat(bytes),
    context: createStackContext(),
    sample: 1,
    onEnd: visitor.pass,
  })
  return { visitor, tracer, kept }
}

describe('a span', () => {
  test('has its name, events and links within the limits too, and the application its objects back as they were', () => {
    const { tracer, kept } = make()
    const long = 'y'.repeat(10_000)
    const wide = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`k${at}`, at]))
    const own = { ...wide, long }
    tracer
      .start(long)
      .setAttribute('list', Array<string>(5000).fill('x'))
      .addEvent('event', own)
      .addLink(tracer.start('other'), { long })
      .end()
    const [span] = kept
    expect(span!.name).toHaveLength(4096)
    expect(span!.attributes['list']).toHaveLength(4096)
    const event = span!.events.find(({ name }) => name == 'event')!
    expect(Object.keys(event.attributes)).toHaveLength(129)
    expect(event.attributes['otel.dropped_attributes_count']).toBe(73)
    expect(span!.links[0]!.attributes['long']).toHaveLength(4096)
    expect(own).toEqual({ ...wide, long })
  })

  test('whose name is a symbol has the words for it', () => {
    const { tracer, kept } = make()
    tracer.start(Symbol('buy') as unknown as string).end()
    expect(kept.map(({ name }) => name)).toEqual(['Symbol(buy)'])
  })

  test('goes on where `beforeSend` answers yes or no, as a filter does', () => {
    const beforeSend = (({ name }: SpanRecord) => name != 'secret') as never
    const { tracer, kept } = make({ beforeSend })
    for (const name of ['secret', 'fine']) tracer.start(name).end()
    expect(kept.map(({ name }) => name)).toEqual(['fine'])
  })

  test('of a time far from now takes no room of any minute but this', () => {
    const { tracer, kept } = make()
    tracer.start('poison', { start: Date.now() }).end()
    expect(kept).toHaveLength(1)
    for (let at = 0; at < 3500; at++)
      tracer.start('later', { start: at * 1000, parent: null }).end()
    expect(kept.length).toBeLessThanOrEqual(3000)
  })
})

describe('somebody who says no', () => {
  const names = ['session', 'tab', 'quarantine', 'claimed'].map((name) => `lightspan.${name}`)
  const fill = () => names.forEach((name) => (stored[name] = 'from before'))

  test('has nothing left in the storage', () => {
    const { visitor } = make()
    fill()
    visitor.setConsent('denied')
    expect(stored).toEqual({})
  })

  test('has nothing left there either where that was said before the page', () => {
    fill()
    make({ consent: 'denied' })
    expect(stored).toEqual({})
  })
})

test('under Global Privacy Control a URL has a template for its path, wherever else that text stands', () => {
  vi.stubGlobal('navigator', { userAgent: '', globalPrivacyControl: true })
  const { visitor } = make()
  expect(visitor.redact(new URL('http://127.0.0.1:43579/1'))).toBe('http://127.0.0.1:43579/{id}')
  expect(visitor.redact(new URL("http://shop.example/$&/4711/$'"))).toBe(
    "http://shop.example/$&/{id}/$'",
  )
})

test('a route of the own origin that never answered our headers gets none, and others go on', () => {
  const { visitor } = make()
  const may = (pathname: string) =>
    visitor.mayPropagate({ origin: 'https://shop.example', pathname })
  const hear = (pathname: string, answered: boolean) =>
    visitor.answered!({ origin: 'https://shop.example', pathname }, answered)
  hear('/api/cart', true)
  hear('/api/cart', false) // as where the network is gone for a moment
  hear('/download/4711', false)
  expect([may('/api/cart'), may('/download/4712'), may('/download')]).toEqual([true, false, true])
})
