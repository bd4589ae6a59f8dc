// The points of OpenTelemetry's API, one test each, against our globals; packages/otel/README.md lists them.

import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import {
  context,
  createContextKey,
  defaultTextMapGetter,
  defaultTextMapSetter,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Span,
} from '@opentelemetry/api'
import { isTracingSuppressed, suppressTracing, unsuppressTracing } from '@opentelemetry/core'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTelemetry } from '@lightspan/otel'
import { createHost, type TestHost } from './kit/host.ts'

const key = createContextKey('key')
const [one, two] = [ROOT_CONTEXT.setValue(key, 1), ROOT_CONTEXT.setValue(key, 2)]
const now = () => context.active().getValue(key)
const remote = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1, isRemote: true }

let host: TestHost
let undo: () => void
beforeEach(() => {
  host = createHost()
  undo = openTelemetry()(host)
})
afterEach(() => undo())
const tracer = () => trace.getTracer('conformance', '1.0.0')

const points: Record<string, Record<string, () => unknown>> = {
  'Context: active, with': {
    'active() is ROOT_CONTEXT where nothing was made active': () =>
      expect(context.active()).toBe(ROOT_CONTEXT),
    'with() makes the context active for the call, and returns what the function returns': () =>
      expect(context.with(one, () => [context.active(), 7])).toEqual([one, 7]),
    'with() hands over thisArg': () =>
      expect(
        context.with(
          one,
          function (this: { a: number }) {
            return this.a
          },
          { a: 3 },
        ),
      ).toBe(3),
    'with() hands over arguments': () =>
      expect(context.with(one, (a: number, b: number) => a - b, undefined, 5, 2)).toBe(3),
    'with() restores the context after the call': () => {
      context.with(one, now)
      expect(context.active()).toBe(ROOT_CONTEXT)
    },
    'with() nests, and restores level by level': () =>
      context.with(one, () => {
        context.with(two, () => expect(now()).toBe(2))
        expect(now()).toBe(1)
        context.with(ROOT_CONTEXT, () => expect(now()).toBeUndefined())
        expect(now()).toBe(1)
      }),
    'with() passes an exception on, and restores at every level': () =>
      context.with(one, () => {
        expect(() =>
          context.with(two, () => {
            throw new RangeError('no')
          }),
        ).toThrow(RangeError)
        expect(now()).toBe(1)
      }),
    'with() returns a rejected promise unchanged': async () => {
      const promise = Promise.reject(new Error('no'))
      expect(context.with(one, () => promise)).toBe(promise)
      await expect(promise).rejects.toThrow('no')
    },
    'contexts are immutable: setValue and deleteValue make new ones': () => {
      expect(one.setValue(key, 3)).not.toBe(one)
      expect(one.deleteValue(key).getValue(key)).toBeUndefined()
      expect(one.getValue(key)).toBe(1)
    },
  },
  'Context: bind': {
    'a bound function runs in its context, with its own this and arguments': () => {
      const bound = context.bind(one, function (this: unknown, a: number) {
        return [this, a, now()]
      })
      expect(Reflect.apply(bound, 'self', [4])).toEqual(['self', 4, 1])
    },
    'a bound function keeps its context inside another': () => {
      const bound = context.bind(one, now)
      expect(context.with(two, () => [bound(), now()])).toEqual([1, 2])
    },
    'a bound function has the arity of the original': () =>
      expect(context.bind(one, (_a: unknown, _b: unknown) => 0)).toHaveLength(2),
    'what neither is a function nor hears events is returned as it is': () => {
      const plain = { a: 1 }
      expect(context.bind(one, plain)).toBe(plain)
      expect([context.bind(one, 3), context.bind(one, null)]).toEqual([3, null])
    },
    'an event emitter’s listeners run in its context, and it is the same emitter': () => {
      const emitter = new EventEmitter()
      const seen: unknown[] = []
      expect(context.bind(one, emitter)).toBe(emitter)
      const hear = () => seen.push(now())
      emitter.on('a', hear).addListener('a', hear).prependListener('a', hear)
      context.with(two, () => emitter.emit('a'))
      expect(seen).toEqual([1, 1, 1])
    },
    'an event emitter’s listener can be removed by the function that was added': () => {
      const emitter = context.bind(one, new EventEmitter())
      const hear = () => expect.unreachable()
      emitter.on('a', hear).off('a', hear)
      emitter.once('a', hear).removeListener('a', hear)
      expect(emitter.emit('a')).toBe(false)
    },
    'an event emitter’s listener of once hears once': () => {
      const emitter = context.bind(one, new EventEmitter())
      const seen: unknown[] = []
      emitter.once('a', () => seen.push(now()))
      emitter.emit('a')
      emitter.emit('a')
      expect(seen).toEqual([1])
    },
    'an event target’s listeners run in its context, and can be removed': () => {
      const target = context.bind(one, new EventTarget())
      const seen: unknown[] = []
      const hear = () => seen.push(now())
      target.addEventListener('a', hear)
      target.dispatchEvent(new Event('a'))
      target.removeEventListener('a', hear)
      target.dispatchEvent(new Event('a'))
      expect(seen).toEqual([1])
    },
  },
  'Trace: spans in contexts': {
    'getSpan() of ROOT_CONTEXT is undefined': () =>
      expect(trace.getSpan(ROOT_CONTEXT)).toBeUndefined(),
    'setSpan() and getSpan() hand back the very span': () => {
      const span = tracer().startSpan('a')
      expect(trace.getSpan(trace.setSpan(one, span))).toBe(span)
    },
    'deleteSpan() takes the span away, and leaves the rest': () => {
      const without = trace.deleteSpan(trace.setSpan(one, tracer().startSpan('a')))
      expect(trace.getSpan(without)).toBeUndefined()
      expect(without.getValue(key)).toBe(1)
      context.with(without, () => expect(trace.getActiveSpan()).toBeUndefined())
    },
    'getActiveSpan() is the span of the active context': () => {
      const span = tracer().startSpan('a')
      context.with(trace.setSpan(ROOT_CONTEXT, span), () =>
        expect(trace.getActiveSpan()).toBe(span),
      )
    },
    'setSpanContext() and getSpanContext() carry a remote place, and spans become its children':
      () => {
        const far = trace.setSpanContext(ROOT_CONTEXT, remote)
        expect(trace.getSpanContext(far)).toEqual(remote)
        const place = tracer().startSpan('a', {}, far).spanContext()
        expect(place.traceId).toBe(remote.traceId)
        expect(isSpanContextValid(place)).toBe(true)
      },
    'wrapSpanContext() makes a span that records nothing': () => {
      const span = trace.wrapSpanContext(remote)
      expect(span.isRecording()).toBe(false)
      expect(span.spanContext()).toEqual(remote)
    },
    'an invalid span context is no parent': () => {
      const none = trace.setSpanContext(ROOT_CONTEXT, INVALID_SPAN_CONTEXT)
      tracer().startSpan('a', {}, none).end()
      expect(host.span('a').parentId).toBeUndefined()
      expect(isSpanContextValid(tracer().startSpan('b', {}, none).spanContext())).toBe(true)
    },
  },
  'Trace: startSpan': {
    'does not make the span active': () => {
      tracer().startSpan('a')
      expect(trace.getActiveSpan()).toBeUndefined()
    },
    'takes its parent from the active context': () => {
      const parent = tracer().startSpan('p')
      context.with(trace.setSpan(ROOT_CONTEXT, parent), () => tracer().startSpan('a').end())
      expect(host.span('a').parentId).toBe(parent.spanContext().spanId)
    },
    'takes its parent from the context that it is given': () => {
      const parent = tracer().startSpan('p')
      tracer().startSpan('a', {}, trace.setSpan(ROOT_CONTEXT, parent)).end()
      expect(host.span('a').parentId).toBe(parent.spanContext().spanId)
    },
    'begins a trace with root': () => {
      tracer().startActiveSpan('p', () => tracer().startSpan('a', { root: true }).end())
      expect(host.span('a').parentId).toBeUndefined()
    },
    'ids are valid, and differ': () => {
      const [a, b] = [tracer().startSpan('a').spanContext(), tracer().startSpan('b').spanContext()]
      expect([isSpanContextValid(a), isSpanContextValid(b)]).toEqual([true, true])
      expect(a.spanId).not.toBe(b.spanId)
    },
  },
  'Trace: startActiveSpan': {
    '(name, fn)': () =>
      expect(tracer().startActiveSpan('a', (span: Span) => trace.getActiveSpan() === span)).toBe(
        true,
      ),
    '(name, options, fn)': () => {
      const made = tracer().startActiveSpan('a', { attributes: { x: 1 } }, (span) => {
        expect(trace.getActiveSpan()).toBe(span)
        span.end()
        return 'made'
      })
      expect(made).toBe('made')
      expect(host.span('a').attributes['x']).toBe(1)
    },
    '(name, options, context, fn): the context given is around it': () =>
      tracer().startActiveSpan('a', {}, trace.setSpanContext(one, remote), (span) => {
        expect(now()).toBe(1)
        expect(span.spanContext().traceId).toBe(remote.traceId)
        expect(trace.getActiveSpan()).toBe(span)
      }),
    'restores the context after it': () => {
      tracer().startActiveSpan('a', () => 0)
      expect(context.active()).toBe(ROOT_CONTEXT)
    },
    'passes an exception on, restores the context, and does not end the span': () => {
      let made: Span | undefined
      expect(() =>
        tracer().startActiveSpan('a', (span) => {
          made = span
          throw new RangeError('no')
        }),
      ).toThrow(RangeError)
      expect(trace.getActiveSpan()).toBeUndefined()
      expect(made!.isRecording()).toBe(true)
    },
    'returns a promise unchanged': async () => {
      const promise = Promise.resolve(1)
      expect(tracer().startActiveSpan('a', () => promise)).toBe(promise)
      await promise
    },
    'nests: the inner span is the outer one’s child': () => {
      tracer().startActiveSpan('outer', (outer) => {
        tracer().startActiveSpan('inner', (inner) => inner.end())
        outer.end()
      })
      expect(host.span('inner').parentId).toBe(host.span('outer').spanId)
    },
  },
  'Trace: a span’s end': {
    'isRecording() turns false, and nothing changes any more': () => {
      const span = tracer().startSpan('a')
      span.end()
      span.setAttribute('x', 1).updateName('b').setStatus({ code: SpanStatusCode.ERROR }).end()
      expect(span.isRecording()).toBe(false)
      expect(host.span('a')).toMatchObject({ name: 'a', status: 0 })
      expect(host.ended).toHaveLength(1)
    },
    'it may still be a parent': () => {
      const span = tracer().startSpan('a')
      span.end()
      tracer().startSpan('b', {}, trace.setSpan(ROOT_CONTEXT, span)).end()
      expect(host.span('b').parentId).toBe(span.spanContext().spanId)
    },
  },
  Propagation: {
    'inject() writes the span context and baggage into the carrier': () => {
      const carrier: Record<string, string> = {}
      const baggage = propagation.createBaggage({ a: { value: '1' } })
      const full = propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, remote), baggage)
      propagation.inject(full, carrier, defaultTextMapSetter)
      expect(carrier).toEqual({
        traceparent: `00-${remote.traceId}-${remote.spanId}-01`,
        baggage: 'a=1',
      })
    },
    'inject() writes nothing of an invalid span context': () => {
      const carrier = {}
      propagation.inject(
        trace.setSpanContext(ROOT_CONTEXT, INVALID_SPAN_CONTEXT),
        carrier,
        defaultTextMapSetter,
      )
      expect(carrier).toEqual({})
    },
    'extract() reads what inject() has written, as remote': () => {
      const carrier = {}
      propagation.inject(trace.setSpanContext(ROOT_CONTEXT, remote), carrier, defaultTextMapSetter)
      const far = propagation.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter)
      expect(trace.getSpanContext(far)).toMatchObject(remote)
    },
    'extract() neither throws at what it cannot read, nor changes the context': () => {
      const same = propagation.extract(one, { traceparent: 'no' }, defaultTextMapGetter)
      expect(trace.getSpanContext(same)).toBeUndefined()
      expect(same.getValue(key)).toBe(1)
    },
    'fields() names every header that may be written': () =>
      expect(propagation.fields().sort()).toEqual(['baggage', 'traceparent', 'tracestate']),
  },
  'Suppressed tracing (core)': {
    'no span records, and no context goes out': () =>
      context.with(suppressTracing(trace.setSpanContext(ROOT_CONTEXT, remote)), () => {
        expect(isTracingSuppressed(context.active())).toBe(true)
        const span = tracer().startSpan('a')
        expect(span.isRecording()).toBe(false)
        span.end()
        expect(host.ended).toEqual([])
        const carrier = {}
        propagation.inject(context.active(), carrier, defaultTextMapSetter)
        expect(carrier).not.toHaveProperty('traceparent')
      }),
    'it ends with unsuppressTracing()': () =>
      context.with(unsuppressTracing(suppressTracing(ROOT_CONTEXT)), () =>
        expect(tracer().startSpan('a').isRecording()).toBe(true),
      ),
  },
}

describe.each(Object.entries(points))('%s', (_, tests) => {
  test.each(Object.entries(tests))('%s', async (_name, check) => {
    await check()
  })
})

afterAll(() => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const count = Object.values(points).flatMap((it) => Object.keys(it)).length
  expect(readme).toContain(`${count} points`)
  for (const [area, tests] of Object.entries(points))
    expect(readme.replace(/ +/g, ' ')).toContain(`| ${area} | ${Object.keys(tests).length} |`)
})
