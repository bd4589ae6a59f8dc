import { createStackContext, createTracer, type Span } from 'lightspan/core'
import { beforeEach, describe, expect, test } from 'vitest'

const parts = (sample = 1) => {
  let time = 1000
  let count = 0
  const ended: Span[] = []
  const context = createStackContext()
  const tracer = createTracer({
    clock: { origin: 1.7e12, now: () => time },
    random: (bytes) => (++count).toString(16).padStart(bytes * 2, '0'),
    context,
    sample,
    onEnd: (span) => ended.push(span),
  })
  return { tracer, context, ended, pass: (ms: number) => (time += ms) }
}

describe('text of an error', () => {
  const messageOf = (message: string) =>
    parts().tracer.start('a').recordError(new Error(message)).events[0]!.attributes[
      'exception.message'
    ]

  test.each([
    [
      'boom@https://shop.example/?a=1:SECRET&b=2#access_token=SECRET:4:150',
      'boom@https://shop.example/?REDACTED:4:150',
    ],
    [
      'at f (https://shop.example/h?a=1:SECRET&b=2:1:381)',
      'at f (https://shop.example/h?REDACTED:1:381)',
    ],
    [
      'GET https://a.example/x?at=12:30&token=SECRET failed',
      'GET https://a.example/x?REDACTED failed',
    ],
    [
      'to https://a.example/login?next=https://b.example/cb?token=SECRET',
      'to https://a.example/login?REDACTED',
    ],
    ['of https://a.example/x?q=(a)&token=SECRET', 'of https://a.example/x?REDACTED'],
    ['at https://a.example/cb#access_token=SECRET', 'at https://a.example/cb?REDACTED'],
    ['mysql://root:p@SECRET@db.example/shop', 'mysql://db.example/shop'],
    ['at https://shop.example/a.js:1:2', 'at https://shop.example/a.js:1:2'],
    ['mail ann@shop.example?', 'mail ann@shop.example?'],
  ])('such as %j has no query, fragment or password: %j', (text, redacted) =>
    expect(messageOf(text)).toBe(redacted),
  )

  test('of hundreds of kilobytes, URL after URL, is cut, not read to its end', () => {
    const urls = Array.from({ length: 10_000 }, (_, at) => `https://shop.example/product/${at}`)
    const text = messageOf(JSON.stringify(urls)) as string
    expect(text).toHaveLength(4096)
  })
})

describe('a tracer', () => {
  let it: ReturnType<typeof parts>
  beforeEach(() => {
    it = parts()
  })

  test('starts a new trace where nothing is active', () => {
    const span = it.tracer.start('a')
    expect(span).toMatchObject({ name: 'a', kind: 1, start: 1000, parentId: undefined, flags: 3 })
    expect(span.traceId).toMatch(/^[\da-f]{32}$/)
    expect(span.spanId).toMatch(/^[\da-f]{16}$/)
  })

  const right = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }

  test.each([
    ['a trace of 64 bits', { ...right, traceId: 'ab'.repeat(8) }],
    ['upper case', { ...right, traceId: 'AB'.repeat(16) }],
    ['zeros', { ...right, spanId: '0'.repeat(16) }],
    ['a text', 'order 17'],
    ['nothing of it', {}],
    ['no text', { traceId: 17, spanId: null }],
  ])('takes no context for a parent or a link that has %s', (_, it) => {
    const { start } = parts().tracer
    const span = start('a', { parent: it as never })
    expect(span).toMatchObject({ parentId: undefined, flags: 3 })
    expect(span.traceId).toMatch(/^[\da-f]{32}$/)
    expect(span.addLink(it as never).addLink(right).links).toEqual([{ ...right, attributes: {} }])
  })

  test('bears what is no option, no link and no time', () => {
    const span = it.tracer.start('a', null as never)
    expect(span.addLink(it.tracer.active()!)).toBe(span)
    const inner = it.tracer.start('b', { parent: span, start: 5n as never })
    inner.end(1007n as never)
    it.tracer.start('c', { parent: span }).end(NaN)
    expect([inner.duration, span.lastEnd, span.open]).toEqual([1002, 1007, 0])
    span.end('x' as never)
    expect(it.ended.map(({ name }) => name)).toEqual(['b', 'c', 'a'])
  })

  test('makes a span the child of the active one, and only while it is active', () => {
    const parent = it.tracer.start('parent')
    const child = it.tracer.run(parent, () => it.tracer.start('child'))
    expect(child).toMatchObject({ traceId: parent.traceId, parentId: parent.spanId, remote: false })
    expect(it.tracer.start('stranger').traceId).not.toBe(parent.traceId)
  })

  test('gives the active span back when the work throws', () => {
    const outer = it.tracer.start('outer')
    it.tracer.run(outer, () => {
      expect(() =>
        it.tracer.run(it.tracer.start('inner'), () => {
          throw new Error('no')
        }),
      ).toThrow('no')
      expect(it.tracer.active()).toBe(outer)
    })
    expect(it.tracer.active()).toBeUndefined()
  })

  test('takes a parent from elsewhere with its flags and its trace state, and marks it remote', () => {
    const parent = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), flags: 0, traceState: 'x=1' }
    expect(it.tracer.start('served', { parent })).toMatchObject({
      traceId: parent.traceId,
      parentId: parent.spanId,
      remote: true,
      traceState: 'x=1',
      flags: 0,
    })
  })

  test('starts a new trace under an active span when the parent is null', () => {
    const active = it.tracer.start('active')
    const root = it.tracer.run(active, () => it.tracer.start('root', { parent: null }))
    expect(root.parentId).toBeUndefined()
    expect(root.traceId).not.toBe(active.traceId)
  })

  test('marks a parent that is only guessed', () => {
    const view = it.tracer.start('page load')
    it.context.setView(view)
    expect(it.tracer.start('fetch')).toMatchObject({
      parentId: view.spanId,
      attributes: { 'lightspan.context': 'inferred' },
    })
    view.end()
    expect(it.tracer.start('later').parentId).toBeUndefined()
  })

  test('hands a span on once, when it ends, with its duration in ms', () => {
    const span = it.tracer.start('a')
    it.pass(12.5)
    span.end()
    it.pass(100)
    span.end()
    expect(it.ended).toEqual([span])
    expect(span.duration).toBe(12.5)
  })

  test('never gives a negative duration', () => {
    const span = it.tracer.start('a')
    span.end(500)
    expect(span.duration).toBe(0)
  })

  test('changes nothing of a span that has ended', () => {
    const span = it.tracer.start('a')
    span.end()
    const before = structuredClone({ ...span, parent: null })
    span
      .setName('b')
      .setAttribute('k', 1)
      .addEvent('e')
      .addLink(span)
      .setStatus('error', 'no')
      .recordError(new Error('late'))
    expect(structuredClone({ ...span, parent: null })).toEqual(before)
  })

  test('counts the children of a span, those still open, and when the last one ended', () => {
    const parent = it.tracer.start('parent')
    const [a, b] = [it.tracer.start('a', { parent }), it.tracer.start('b', { parent })] as const
    a.end(1010)
    expect(parent).toMatchObject({ children: 2, open: 1, lastEnd: 1010 })
    b.end(1005)
    expect(parent).toMatchObject({ children: 2, open: 0, lastEnd: 1010 })
  })

  test('names a span as parent the W3C way', () => {
    const span = it.tracer.start('a')
    expect(span.traceparent()).toBe(`00-${span.traceId}-${span.spanId}-03`)
  })

  test('propagates but does not hand on what is not sampled, and its children neither', () => {
    it = parts(0)
    const span = it.tracer.start('a')
    it.tracer.start('b', { parent: span }).end()
    span.end()
    expect(span.traceparent()).toMatch(/-02$/)
    expect(it.ended).toEqual([])
  })

  test('records an error as an exception event, and the span as failed', () => {
    const span = it.tracer.start('a')
    span.recordError(new TypeError('no such thing'))
    expect(span.status).toBe(2)
    expect(span.attributes['error.type']).toBe('TypeError')
    expect(span.events).toMatchObject([
      {
        name: 'exception',
        time: 1000,
        attributes: { 'exception.type': 'TypeError', 'exception.message': 'no such thing' },
      },
    ])
  })
})
