// Spans made through the OpenTelemetry API: what Lightspan records of them.

import {
  context,
  diag,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Span,
} from '@opentelemetry/api'
import { hrTime, timeInputToHrTime } from '@opentelemetry/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTelemetry } from '@lightspan/otel'
import { createHost, type TestHost } from './kit/host.ts'

let host: TestHost
let undo: () => void
beforeEach(() => {
  host = createHost()
  undo = openTelemetry()(host)
})
afterEach(() => undo())

const traceOf = () => trace.getTracer('shop', '1.2')

describe('startSpan', () => {
  test('makes a span of Lightspan’s, with its scope, not active', () => {
    const span = traceOf().startSpan('a')
    expect(trace.getActiveSpan()).toBeUndefined()
    expect(span.isRecording()).toBe(true)
    span.end()
    expect(host.span('a')).toMatchObject({
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      parentId: undefined,
      kind: 1,
      attributes: { 'otel.scope.name': 'shop', 'otel.scope.version': '1.2' },
    })
    expect(span.spanContext().traceFlags & TraceFlags.SAMPLED).toBe(1)
  })

  test.each([
    [SpanKind.INTERNAL, 1],
    [SpanKind.SERVER, 2],
    [SpanKind.CLIENT, 3],
    [SpanKind.PRODUCER, 4],
    [SpanKind.CONSUMER, 5],
  ])('kind %i is %i in OTLP', (kind, is) => {
    traceOf().startSpan('a', { kind }).end()
    expect(host.span('a').kind).toBe(is)
  })

  test('takes attributes of every type, copies arrays, and leaves out what is none', () => {
    const list = ['x', null, 'y']
    const span = traceOf().startSpan('a', {
      attributes: { s: 's', n: 1.5, b: false, list, numbers: [1, undefined], none: [null] },
    })
    list.push('later')
    span
      .setAttribute('t', 't')
      .setAttributes({ u: [true, null], v: undefined, w: {} as never, x: (() => 0) as never })
      .end()
    expect(host.span('a').attributes).toEqual({
      'otel.scope.name': 'shop',
      'otel.scope.version': '1.2',
      s: 's',
      n: 1.5,
      b: false,
      list: ['x', '', 'y'],
      numbers: [1, 0],
      none: [''],
      t: 't',
      u: [true, false],
    })
  })

  test('takes links, given at once or later, and none to nowhere', () => {
    const to = traceOf().startSpan('a').spanContext()
    const nowhere = trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 }).spanContext()
    const span = traceOf().startSpan('b', { links: [{ context: to, attributes: { n: 1 } }] })
    span
      .addLink({ context: to })
      .addLinks([{ context: to, attributes: { n: 2 } }, { context: nowhere }])
      .end()
    const { traceId, spanId } = to
    expect(host.span('b').links).toEqual([
      { traceId, spanId, attributes: { n: 1 } },
      { traceId, spanId, attributes: {} },
      { traceId, spanId, attributes: { n: 2 } },
    ])
  })

  test('has the active span as parent, or the one of the context that it is given, or none', () => {
    const one = traceOf().startSpan('one')
    const two = traceOf().startSpan('two')
    context.with(trace.setSpan(ROOT_CONTEXT, one), () => {
      traceOf().startSpan('a').end()
      traceOf().startSpan('b', {}, trace.setSpan(context.active(), two)).end()
      traceOf().startSpan('c', { root: true }).end()
      traceOf().startSpan('d', {}, ROOT_CONTEXT).end()
    })
    const parentOf = (name: string) => host.span(name).parentId
    expect(parentOf('a')).toBe(one.spanContext().spanId)
    expect(parentOf('b')).toBe(two.spanContext().spanId)
    expect([parentOf('c'), parentOf('d')]).toEqual([undefined, undefined])
    expect(new Set(['a', 'c', 'd'].map((name) => host.span(name).traceId)).size).toBe(3)
  })

  test('of a context with an invalid span begins a trace', () => {
    const invalid = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: '0',
      spanId: '0',
      traceFlags: 1,
    })
    const span = traceOf().startSpan('a', {}, invalid)
    span.end()
    expect(host.span('a').traceId).toMatch(/^[\da-f]{32}$/)
    expect(host.span('a').parentId).toBeUndefined()
  })

  test('leaves to Lightspan what is to be the parent where nothing is active', () => {
    const view = host.start('view')
    undo()
    undo = openTelemetry()({
      ...host,
      start: (name, options) =>
        host.start(name, {
          ...options,
          parent: options?.parent === undefined ? view : options.parent,
        }),
    })
    traceOf().startSpan('a').end()
    traceOf().startSpan('b', {}, context.active()).end()
    traceOf().startSpan('c', { root: true }).end()
    expect(['a', 'b', 'c'].map((name) => host.span(name).parentId)).toEqual([
      view.spanId,
      view.spanId,
      undefined,
    ])
  })

  test('that is not sampled records nothing, and passes that on', () => {
    undo()
    host = createHost(0)
    undo = openTelemetry()(host)
    traceOf().startActiveSpan('a', (span) => {
      expect(span.isRecording()).toBe(false)
      expect(span.spanContext().traceFlags & TraceFlags.SAMPLED).toBe(0)
      traceOf().startSpan('b').end()
      span.end()
    })
    expect(host.ended).toEqual([])
  })
})

describe('startActiveSpan', () => {
  const check = (span: Span) => {
    expect(trace.getActiveSpan()).toBe(span)
    span.end()
    return 'result'
  }

  test('(name, work)', () => {
    expect(traceOf().startActiveSpan('a', check)).toBe('result')
    expect(host.span('a').kind).toBe(1)
  })

  test('(name, options, work)', () => {
    const options = { kind: SpanKind.CLIENT, attributes: { n: 1 } }
    expect(traceOf().startActiveSpan('a', options, check)).toBe('result')
    expect(host.span('a')).toMatchObject({ kind: 3, attributes: { n: 1 } })
  })

  test('(name, options, context, work)', () => {
    const parent = traceOf().startSpan('parent')
    const around = trace.setSpan(ROOT_CONTEXT, parent)
    expect(traceOf().startActiveSpan('a', {}, around, check)).toBe('result')
    expect(host.span('a').parentId).toBe(parent.spanContext().spanId)
  })

  test('(name, { root }, work) forgets the span around it', () => {
    traceOf().startActiveSpan('a', () => traceOf().startActiveSpan('b', { root: true }, check))
    expect(host.span('b').parentId).toBeUndefined()
  })

  test('without work does nothing', () => {
    expect((traceOf().startActiveSpan as (name: string) => unknown)('a')).toBeUndefined()
    expect(host.ended).toEqual([])
  })

  test('nests; a throw comes through, and the context is what it was', () => {
    const fail = () =>
      traceOf().startActiveSpan('a', (a) =>
        traceOf().startActiveSpan('b', (b): never => {
          b.end()
          a.end()
          throw new RangeError('no')
        }),
      )
    expect(fail).toThrow(RangeError)
    expect(trace.getActiveSpan()).toBeUndefined()
    expect(host.span('b').parentId).toBe(host.span('a').spanId)
  })
})

describe('a span', () => {
  test('has events with attributes, with times, or with both', () => {
    const span = traceOf().startSpan('a')
    const at = performance.now()
    span
      .addEvent('plain')
      .addEvent('attributes', { n: 1 })
      .addEvent('time', at)
      .addEvent('both', { n: 2 }, hrTime(at))
      .end()
    expect(host.span('a').events).toMatchObject([
      { name: 'plain', attributes: {} },
      { name: 'attributes', attributes: { n: 1 } },
      { name: 'time', time: at, attributes: {} },
      { name: 'both', attributes: { n: 2 } },
    ])
    expect(host.span('a').events[3]!.time).toBeCloseTo(at, 3)
  })

  test.each([
    [[{ code: SpanStatusCode.ERROR, message: 'bad' }], 2, 'bad'],
    [[{ code: SpanStatusCode.OK, message: 'not told' }], 1, undefined],
    [[{ code: SpanStatusCode.OK }, { code: SpanStatusCode.ERROR, message: 'late' }], 1, undefined],
    [[{ code: SpanStatusCode.ERROR, message: 'bad' }, { code: SpanStatusCode.UNSET }], 2, 'bad'],
    [[{ code: SpanStatusCode.ERROR, message: 'bad' }, { code: SpanStatusCode.OK }], 1, undefined],
  ])('with the statuses %j ends with %i', (given, status, message) => {
    const span = traceOf().startSpan('a')
    given.forEach((it) => span.setStatus(it))
    span.end()
    expect(host.span('a')).toMatchObject({ status, message })
  })

  test.each([
    [new TypeError('broken'), { 'exception.type': 'TypeError', 'exception.message': 'broken' }],
    ['text', { 'exception.message': 'text' }],
    [
      { name: 'Own', message: 'm' },
      { 'exception.type': 'Own', 'exception.message': 'm' },
    ],
  ])('records the exception %s as an event, and no status', (exception, attributes) => {
    const span = traceOf().startSpan('a')
    span.recordException(exception, 5)
    span.end()
    expect(host.span('a')).toMatchObject({
      status: 0,
      events: [{ name: 'exception', time: 5, attributes }],
    })
  })

  test('can be renamed while it lives, and is unchanged by what comes after its end', () => {
    const span = traceOf().startSpan('a')
    span.updateName('b').end()
    span
      .updateName('c')
      .setAttribute('n', 1)
      .addEvent('late')
      .setStatus({ code: SpanStatusCode.ERROR })
      .end()
    span.recordException('late')
    expect(span.isRecording()).toBe(false)
    expect(host.ended).toHaveLength(1)
    expect(host.span('b')).toMatchObject({ status: 0, events: [] })
    expect(host.span('b').attributes).not.toHaveProperty('n')
  })

  const epoch = () => performance.timeOrigin + 1234.5
  test.each([
    ['a number of the page’s clock', () => 1234.5],
    ['a number since the epoch', epoch],
    ['a Date', () => new Date(epoch())],
    ['an HrTime', () => hrTime(1234.5)],
    ['an HrTime of a Date', () => timeInputToHrTime(new Date(epoch()))],
  ])('starts and ends at %s', (_, make) => {
    const span = traceOf().startSpan('a', { startTime: make() })
    span.end(make())
    const { start, duration } = host.span('a')
    expect(Math.abs(start - 1234.5)).toBeLessThanOrEqual(1)
    expect(duration).toBe(0)
  })

  test('starts now where the time is none', () => {
    const before = performance.now()
    traceOf()
      .startSpan('a', { startTime: new Date(NaN) })
      .end()
    expect(host.span('a').start).toBeGreaterThanOrEqual(before)
  })

  test('told by a wall clock that has run ahead of the monotonic one starts now', () => {
    const { now } = Date
    const slept = 3_600_000
    Date.now = () => now() + slept
    const at = performance.now()
    traceOf().startSpan('a', { startTime: Date.now() }).end()
    traceOf()
      .startSpan('b', { startTime: hrTime(at) })
      .end()
    Date.now = now
    expect(Math.abs(host.span('a').start - at)).toBeLessThan(1000)
    expect(host.span('b').start).toBeCloseTo(at, 3)
  })
})

describe('registration', () => {
  test('tracers got before it come to life with it', () => {
    undo()
    const early = trace.getTracer('early')
    expect(early.startSpan('a').isRecording()).toBe(false)
    undo = openTelemetry()(host)
    expect(early.startSpan('a').isRecording()).toBe(true)
  })

  test('undone, everything is a no-op again, held spans and tracers too', () => {
    const held = traceOf()
    const span = held.startSpan('held')
    undo()
    expect(held.startSpan('a').isRecording()).toBe(false)
    expect(traceOf().startSpan('b').isRecording()).toBe(false)
    const ran = held.startActiveSpan('c', () => trace.getActiveSpan())
    expect(ran).toBeUndefined()
    expect(context.with(ROOT_CONTEXT.setValue(Symbol.for('k'), 1), () => context.active())).toBe(
      ROOT_CONTEXT,
    )
    span.end()
    expect(host.ended.map(({ name }) => name)).toEqual(['held'])
  })

  test('without it the API is a no-op, and importing does nothing', async () => {
    undo()
    await import('../src/index.ts')
    expect(trace.getTracer('a').startSpan('a').isRecording()).toBe(false)
    expect(trace.getTracer('a').startSpan('a').spanContext().traceId).toMatch(/^0+$/)
  })

  test('leaves another SDK alone, whether it was there before or came after', () => {
    const said: unknown[] = []
    diag.setLogger(
      Object.fromEntries(
        ['error', 'warn', 'info', 'debug', 'verbose'].map((level) => [
          level,
          (it: string) => void said.push(it),
        ]),
      ) as never,
    )
    const second = createHost()
    openTelemetry()(second)()
    diag.disable()
    traceOf().startSpan('first').end()
    expect(second.ended).toEqual([])
    expect(host.span('first').name).toBe('first')
    expect(said.length).toBeGreaterThan(0)

    trace.disable()
    const provider = { getTracer: () => traceOf() }
    trace.setGlobalTracerProvider(provider)
    undo()
    expect(
      (trace.getTracerProvider() as unknown as { getDelegate: () => unknown }).getDelegate(),
    ).toBe(provider)
    trace.disable()
    context.disable()
  })
})
