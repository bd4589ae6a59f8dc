// Traces that sampling left out: which are recorded after all, what they say of themselves, and what it costs.

import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createStackContext, createTracer, type Span } from 'lightspan/core'
import { tailSampling, type TailOptions } from '../../src/instrument/tail.ts'
import type { PageTracer } from '../../src/trace/instrumentation.ts'

const make = (options?: TailOptions, sample = 0) => {
  let time = 0
  let count = 0
  let agreed = true
  const ended: Span[] = []
  const context = createStackContext()
  const tracer = createTracer({
    clock: { origin: 0, now: () => ++time },
    random: (bytes) => (++count).toString(16).padStart(bytes * 2, '0'),
    context,
    sample,
    onEnd: (span) => ended.push(span),
  })
  const page = {
    ...context,
    ...tracer,
    headers: (span: Span) => (agreed ? { traceparent: span.traceparent() } : undefined),
  } as unknown as PageTracer
  const undo = tailSampling(options)(page)
  // as the application starts spans: not by the page's tracer
  return { start: tracer.start, ended, undo, agree: (to: boolean) => (agreed = to) }
}

const names = (spans: readonly Span[]) => spans.map(({ name }) => name)

beforeEach(() => {
  vi.stubGlobal('location', { href: 'https://shop.example/' })
  return () => vi.unstubAllGlobals()
})

describe('an unsampled trace', () => {
  test('is not recorded while nothing is wrong with it', () => {
    const { start, ended } = make()
    start('GET').setAttribute('http.response.status_code', 404).setStatus('error').end()
    start('GET').setAttribute('http.response.status_code', 200).end()
    expect(ended).toEqual([])
  })

  test.each([
    ['an error', (span: Span) => span.recordError(new Error('no'))],
    ['a 5xx', (span: Span) => span.setAttribute('http.response.status_code', 503)],
    ['a poor vital', (span: Span) => span.addEvent('v', { 'browser.web_vital.rating': 'poor' })],
  ])(
    'is recorded for %s: what ended, what is open and what comes, of that trace alone',
    (_, go) => {
      const { start, ended } = make()
      const root = start('root')
      start('sibling', { parent: root }).end()
      start('another trace').end()
      const open = start('open', { parent: root })
      go(start('bad', { parent: root })).end()
      expect(names(ended)).toEqual(['sibling', 'bad'])
      open.end()
      root.end()
      start('late', { parent: root }).end()
      expect(names(ended)).toEqual(['sibling', 'bad', 'open', 'root', 'late'])
      expect(new Set(ended.map(({ traceId }) => traceId))).toEqual(new Set([root.traceId]))
    },
  )

  test('is recorded where the rule of the application says so; one that throws says no', () => {
    const { start, ended } = make({
      keep: ({ name }) => {
        if (name == 'throws') throw new Error('rule')
        return name == 'checkout'
      },
    })
    const root = start('root')
    start('checkout', { parent: root }).end()
    root.end()
    start('throws').end()
    start('browse').end()
    expect(names(ended)).toEqual(['checkout', 'root'])
  })

  test('is recorded where it explains a poor vital of another, sampled or not', () => {
    for (const flags of [2, 3]) {
      const { start, ended } = make()
      const click = start('click')
      click.end()
      start('web vital INP', { parent: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), flags } })
        .addLink(click)
        .addEvent('v', { 'browser.web_vital.rating': 'poor' })
        .end()
      expect(names(ended).sort()).toEqual(['click', 'web vital INP'])
    }
  })

  test('is recorded whatever its attributes are, from code that nobody has type-checked', () => {
    const { start, ended } = make()
    for (const value of [null, {}, new Date(0), Symbol('s'), 1n, [[null]]])
      start('fails')
        .setAttribute('plan', value as never)
        .setStatus('error')
        .end()
    expect(ended).toHaveLength(6)
  })

  test('says how it came to be recorded, has no threshold, and goes on to tell servers it is not', () => {
    const { start, ended } = make()
    const parent = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      flags: 2,
      traceState: 'x=1,ot=th:c;rv:00000000000001,y=th:2',
    }
    const span = start('GET', { parent })
    span.setStatus('error').end(100)
    expect(ended).toEqual([span])
    expect(span.attributes['lightspan.sampled_by']).toBe('tail')
    expect(span.traceState).toBe('x=1,ot=rv:00000000000001,y=th:2')
    expect(span.duration).toBe(100 - span.start)
    expect(span.traceparent()).toMatch(/-02$/)
    start('alone', { parent: { ...parent, traceState: 'ot=th:c' } }).end()
    expect(ended.at(-1)!.traceState).toBeUndefined()
  })

  test('leaves nothing behind of somebody who said no', () => {
    const { start, ended, agree } = make()
    const root = start('root')
    agree(false)
    start('secret', { parent: root }).end()
    agree(true)
    root.setStatus('error').end()
    expect(names(ended)).toEqual(['root'])
  })
})

describe('the room for unsampled spans', () => {
  test('is bounded in bytes; the oldest go, and the trace says how many of it are missing', () => {
    const { start, ended } = make({ bytes: 10_000 })
    const root = start('root')
    for (let at = 0; at < 100; at++)
      start(`child ${at}`, { parent: root, attributes: { text: 'x'.repeat(1000) } }).end()
    root.setStatus('error').end()
    expect(ended.length).toBeLessThan(10)
    expect(ended.length).toBeGreaterThan(3)
    expect(ended[0]!.attributes['lightspan.tail.missing']).toBe(101 - ended.length)
    expect(ended.at(-1)!.attributes['lightspan.tail.missing']).toBeUndefined()
    expect(names(ended).slice(-2)).toEqual(['child 99', 'root'])
  })

  test('is 200 kB by default, and one span that is larger finds none', () => {
    const { start, ended } = make()
    const root = start('root')
    for (let at = 0; at < 1000; at++) start('child', { parent: root }).end()
    start('huge', { attributes: { text: 'x'.repeat(300_000) } }).end()
    root.setStatus('error').end()
    expect(names(ended)).toEqual(['root'])
  })
})

describe('sampled spans', () => {
  test('go their own way', () => {
    const { start, ended } = make({ keep: () => true }, 1)
    const span = start('root').setStatus('error')
    span.end()
    expect(ended).toEqual([span])
    expect(span.attributes).not.toHaveProperty('lightspan.sampled_by')
  })
})

test('after its undo, spans end as they did without it', () => {
  const { start, ended, undo } = make()
  const { end } = Object.getPrototypeOf(start('before')) as Span
  undo()
  const span = start('after')
  expect((Object.getPrototypeOf(span) as Span).end).not.toBe(end)
  span.setStatus('error').end()
  expect(ended).toEqual([])
})
