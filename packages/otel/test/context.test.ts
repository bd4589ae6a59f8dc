// The OpenTelemetry API's context with Lightspan behind it: with, bind, nesting, and both worlds at once.

import {
  context,
  createContextKey,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTelemetry } from '@lightspan/otel'
import { createHost, type TestHost } from './kit/host.ts'

const key = createContextKey('key')

let host: TestHost
let undo: () => void
beforeEach(() => {
  host = createHost()
  undo = openTelemetry()(host)
})
afterEach(() => undo())

describe('context.active', () => {
  test('is the root context where nothing is active', () =>
    expect(context.active()).toBe(ROOT_CONTEXT))

  test('is the same as long as nothing changes', () => {
    host.run(host.start('a'), () => expect(context.active()).toBe(context.active()))
  })
})

describe('context.with', () => {
  test('makes a context active while the function runs, and gives back what it returns', () => {
    const one = ROOT_CONTEXT.setValue(key, 1)
    expect(context.with(one, () => [context.active() === one, 'done'])).toEqual([true, 'done'])
    expect(context.active()).toBe(ROOT_CONTEXT)
  })

  test('hands over `this` and arguments', () => {
    const self = { a: 1 }
    const work = function (this: typeof self, b: number, c: number) {
      return this.a + b + c
    }
    expect(context.with(ROOT_CONTEXT, work, self, 2, 3)).toBe(6)
  })

  test('passes a throw on, and restores the context', () => {
    const one = ROOT_CONTEXT.setValue(key, 1)
    const fail = () => {
      throw new RangeError('no')
    }
    expect(() => context.with(one, fail)).toThrow(RangeError)
    expect(context.active()).toBe(ROOT_CONTEXT)
  })

  test('nests, and each level restores the one before', () => {
    const [one, two] = [ROOT_CONTEXT.setValue(key, 1), ROOT_CONTEXT.setValue(key, 2)]
    const seen: unknown[] = []
    const look = () => seen.push(context.active().getValue(key))
    context.with(one, () => {
      look()
      context.with(two, () => {
        look()
        context.with(one, look)
        look()
      })
      look()
      context.with(ROOT_CONTEXT, look)
    })
    look()
    expect(seen).toEqual([1, 2, 1, 2, 1, undefined, undefined])
    expect(context.with(one, () => context.active() === one)).toBe(true)
  })
})

describe('context.bind', () => {
  test('runs a function in its context whenever it is called, with its own `this` and arguments', () => {
    const one = ROOT_CONTEXT.setValue(key, 1)
    const bound = context.bind(one, function (this: unknown, a: number, b: number) {
      return [context.active() === one, this, a + b]
    })
    expect(bound).toHaveLength(2)
    expect(Reflect.apply(bound, 'self', [1, 2])).toEqual([true, 'self', 3])
    const two = ROOT_CONTEXT.setValue(key, 2)
    expect(context.with(two, () => bound(1, 1)[0])).toBe(true)
  })

  test('takes the active context with it, also into functions that run later', async () => {
    const span = host.start('a')
    const later = host.run(span, () =>
      context.bind(context.active(), () => trace.getActiveSpan()?.spanContext().spanId),
    )
    await Promise.resolve()
    expect(trace.getActiveSpan()).toBeUndefined()
    expect(later()).toBe(span.spanId)
  })

  test.each([undefined, null, 1, { a: 1 }])('leaves %j as it is', (target) =>
    expect(context.bind(ROOT_CONTEXT, target)).toBe(target),
  )
})

describe('the two worlds', () => {
  const tracer = () => trace.getTracer('test')

  test('a span of Lightspan is the parent of one of OpenTelemetry, and the other way round', () => {
    const outer = host.start('outer')
    host.run(outer, () =>
      tracer().startActiveSpan('middle', (middle) => {
        expect(host.active()?.spanId).toBe(middle.spanContext().spanId)
        host.start('inner').end()
        middle.end()
      }),
    )
    outer.end()
    expect(host.span('middle').parentId).toBe(outer.spanId)
    expect(host.span('inner').parentId).toBe(host.span('middle').spanId)
    expect(host.span('inner').traceId).toBe(outer.traceId)
    expect(outer).toMatchObject({ children: 1, open: 0 })
    expect(host.span('middle')).toMatchObject({ children: 1, open: 0 })
  })

  test('an attribute set through one is seen by the other', () => {
    tracer().startActiveSpan('a', (span) => {
      host.active()!.setAttribute('x', 1).addEvent('b').end()
      expect(span.isRecording()).toBe(false)
    })
    expect(host.ended).toHaveLength(1)
    expect(host.span('a')).toMatchObject({ attributes: { x: 1 }, events: [{ name: 'b' }] })
  })

  test('the active span is one and the same, as often as it is asked for', () => {
    host.run(host.start('a'), () => expect(trace.getActiveSpan()).toBe(trace.getActiveSpan()))
    tracer().startActiveSpan('b', (span) => expect(trace.getActiveSpan()).toBe(span))
  })

  test('what a context carries outlives a span of Lightspan that is made in it', () => {
    tracer().startActiveSpan('a', (span) => {
      context.with(context.active().setValue(key, 'kept'), () => {
        const inner = host.start('inner')
        host.run(inner, () => {
          expect(context.active().getValue(key)).toBe('kept')
          expect(trace.getActiveSpan()?.spanContext().spanId).toBe(inner.spanId)
        })
      })
      span.end()
    })
  })

  test('a context without a span begins new traces, in both', () => {
    host.run(host.start('a'), () =>
      context.with(ROOT_CONTEXT, () => {
        expect(trace.getActiveSpan()).toBeUndefined()
        tracer().startSpan('b').end()
        host.start('c').end()
        host.active()?.recordError(new Error('nobody’s'))
      }),
    )
    expect(host.ended.map(({ parentId, remote }) => [parentId, !!remote])).toEqual([
      [undefined, false],
      [undefined, false],
      [undefined, false],
    ])
    expect(host.span('b').flags & 1).toBe(1)
    expect(host.span('exception').events[0]?.name).toBe('exception')
  })

  test('where tracing is suppressed neither records', () => {
    host.run(host.start('a'), () =>
      context.with(suppressTracing(context.active()), () => {
        expect(tracer().startSpan('b').isRecording()).toBe(false)
        host.start('c').end()
        host.run(host.start('d'), () => {
          tracer().startSpan('e').end()
        })
      }),
    )
    context.with(suppressTracing(ROOT_CONTEXT), () => {
      const span = host.start('f')
      expect(span.traceparent()).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-0[02]$/)
      span.end()
    })
    expect(host.ended).toEqual([])
  })
})

describe('the propagator', () => {
  test('injects what is active, and baggage', () => {
    const carrier: Record<string, string> = {}
    const baggage = propagation.createBaggage({ user: { value: 'a b' } })
    trace.getTracer('test').startActiveSpan('a', (span) => {
      const { traceId, spanId } = span.spanContext()
      propagation.inject(
        propagation.setBaggage(context.active(), baggage),
        carrier,
        defaultTextMapSetter,
      )
      expect(carrier).toEqual({ traceparent: `00-${traceId}-${spanId}-03`, baggage: 'user=a%20b' })
    })
  })

  test('extracts a remote parent, for spans of both worlds, with its state and decision', () => {
    const [traceId, spanId] = ['1'.repeat(32), '2'.repeat(16)]
    const remote = propagation.extract(
      ROOT_CONTEXT,
      { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'a=1', baggage: 'b=2' },
      defaultTextMapGetter,
    )
    context.with(remote, () => {
      trace.getTracer('test').startSpan('a').end()
      host.start('b').end()
      host.active()!.recordError(new Error('far'))
      expect(propagation.getActiveBaggage()?.getEntry('b')?.value).toBe('2')
    })
    const common = { traceId, parentId: spanId, remote: true, traceState: 'a=1', flags: 1 }
    expect(host.span('a')).toMatchObject(common)
    expect(host.span('b')).toMatchObject(common)
    expect(host.span('exception')).toMatchObject(common)
  })

  test('an unsampled parent is not recorded, but goes on', () => {
    const remote = propagation.extract(
      ROOT_CONTEXT,
      { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00` },
      defaultTextMapGetter,
    )
    const span = trace.getTracer('test').startSpan('a', {}, remote)
    expect(span.isRecording()).toBe(false)
    expect(span.spanContext()).toMatchObject({ traceId: '1'.repeat(32), traceFlags: 0 })
    span.end()
    expect(host.ended).toEqual([])
  })

  test('asks before it lets anything out', () => {
    undo()
    const carrier = {}
    const location = { href: 'https://shop.example/cart' }
    Object.assign(globalThis, { location })
    let may = false
    undo = openTelemetry()({
      ...host,
      headers: (span, { origin }) =>
        may && origin == 'https://shop.example' ? { traceparent: span.traceparent() } : undefined,
    })
    const inject = () =>
      trace.getTracer('test').startActiveSpan('a', () => {
        propagation.inject(context.active(), carrier, defaultTextMapSetter)
      })
    inject()
    expect(carrier).toEqual({})
    may = true
    inject()
    expect(carrier).toHaveProperty('traceparent')
    Reflect.deleteProperty(globalThis, 'location')
  })

  test('says which fields it uses', () =>
    expect(propagation.fields().sort()).toEqual(['baggage', 'traceparent', 'tracestate']))
})
