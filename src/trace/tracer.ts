// tracer.ts: starts spans, and hands the ended ones on.

import type { Clock } from './clock.ts'
import type { Context } from './context.ts'
import { exceptionAttributes } from './exception.ts'
import type { RandomHex } from './ids.ts'
import { sampledAt, type Decision, type Root } from './sampling.ts'
import type { Span, SpanContext, SpanOptions } from './span.ts'
import type { Address } from './url.ts'

/** What instrumentations and applications work with. */
export interface Tracer {
  /** ms on the clock of all spans. */
  now: () => number
  /** The span that new spans become children of. */
  active: () => Span | undefined
  /** Starts a span. It is not active until `run` says so. */
  start: (name: string, options?: SpanOptions) => Span
  /** What of a URL may be recorded, where that is other than usual. */
  redact?: ((url: Address) => string) | undefined
  /** Makes `span` active while `work` runs, and gives back its result. */
  run: Context['run']
}

/** The parts a tracer is made of; time, chance and destination are arguments. */
export interface TracerParts {
  clock: Clock
  random: RandomHex
  context: Context
  /** The share of new traces that is recorded, 0..1, or what decides: `createSampler`. */
  sample: number | ((root: Root) => Decision)
  /** Hears of each span as it starts. */
  onStart?: ((span: Span) => void) | undefined
  /** Takes each recorded span once, when it ends. */
  onEnd: (span: Span) => void
}

/** Events, and links, that one span may have (OTel span limits); those beyond are left out, and counted on it. */
const mostEvents = 128

// A local parent keeps count of its children; it is not part of what a span shows.
type Kin = Span & { parent: Partial<Span> | null | undefined }

// What finds no room is counted, in the names that OTel has for formats without a place for it.
const add = <Key extends 'events' | 'links'>(span: Kin, key: Key, item: Span[Key][number]) => {
  if (span.ended) return span
  if (span[key].length < mostEvents) (span[key] as unknown[]).push(item)
  else {
    const count = `otel.dropped_${key}_count`
    span.attributes[count] = +(span.attributes[count] || 0) + 1
  }
  return span
}

// An application may take anything for one. W3C Trace Context Level 2, 3.2.2.3 and 3.2.2.4: what is none is ignored.
const isContext = (it: SpanContext | null | undefined): it is SpanContext =>
  !!it && /^(?!0+-)[\da-f]{32}-(?!0+$)[\da-f]{16}$/.test(`${it.traceId}-${it.spanId}`)

// Shared by all spans of a tracer: a span is one object with plain fields, not a bag of closures.
const createMethods = ({ now }: Clock, onEnd: (span: Span) => void) => ({
  setAttribute(this: Kin, name: string, value: Span['attributes'][string]) {
    if (!this.ended) this.attributes[name] = value
    return this
  },
  setAttributes(this: Kin, attributes: Span['attributes']) {
    if (!this.ended) Object.assign(this.attributes, attributes)
    return this
  },
  addEvent(this: Kin, name: string, attributes = {}, time = now()) {
    return add(this, 'events', { name, time, attributes })
  },
  addLink(this: Kin, to: SpanContext, attributes = {}) {
    if (!isContext(to)) return this
    const { traceId, spanId } = to
    return add(this, 'links', { traceId, spanId, attributes })
  },
  recordError(this: Kin, error: unknown) {
    const attributes = exceptionAttributes(error)
    return this.addEvent('exception', attributes)
      .setAttribute('error.type', attributes['exception.type'])
      .setStatus('error')
  },
  setStatus(this: Kin, status: 'ok' | 'error' | 'unset', message?: string) {
    if (!this.ended) {
      this.status = status == 'error' ? 2 : status == 'ok' ? 1 : 0
      this.message = message
    }
    return this
  },
  setName(this: Kin, name: string) {
    if (!this.ended) this.name = name
    return this
  },
  traceparent(this: Kin) {
    return `00-${this.traceId}-${this.spanId}-0${this.flags & 3}`
  },
  end(this: Kin, given = now()) {
    const { parent } = this
    if (this.ended) return
    const time = Number(given)
    this.ended = true
    this.duration = Math.max(0, time - this.start)
    if (parent?.open) {
      parent.open--
      if (time > parent.lastEnd!) parent.lastEnd = time
    }
    this.parent = null // a chain of ended spans must not be kept alive by the last of them
    if (this.flags & 1) onEnd(this)
  },
})

/** Builds a tracer. It keeps no reference to a span that has ended. */
export const createTracer = (parts: TracerParts): Tracer => {
  const { clock, random, context, sample, onStart, onEnd } = parts
  // made by a constructor, for a literal with a prototype takes many times as long
  function Made() {}
  Made.prototype = createMethods(clock, onEnd)
  const decide =
    typeof sample == 'number'
      ? ({ traceId }: Root): Decision => ({ flags: sampledAt(sample, traceId) ? 3 : 2 })
      : sample
  const start = (name: string, given?: SpanOptions) => {
    const options = given || {}
    const known = options.parent === undefined ? context.active() : options.parent
    const guess = known === undefined ? context.guess?.() : undefined
    const named = known || guess
    const parent = isContext(named) ? (named as Partial<Span>) : undefined
    const traceId = parent?.traceId || random(16)
    const local = parent?.open !== undefined
    const { attributes = {}, kind = 1, start = clock.now() } = options
    const { flags, traceState } =
      parent?.flags === undefined ? decide({ traceId, name, attributes }) : (parent as Decision)
    if (local) {
      parent.children!++
      parent.open!++
    }
    const span = Object.assign(new (Made as unknown as new () => Span)(), {
      parent,
      traceId,
      spanId: random(8),
      flags,
      parentId: parent?.spanId,
      remote: parent && !local,
      traceState,
      name,
      kind,
      start: Number(start),
      duration: 0,
      attributes: { ...attributes, 'lightspan.context': guess && 'inferred' },
      events: [],
      links: [],
      status: 0,
      message: undefined,
      children: 0,
      open: 0,
      lastEnd: 0,
      ended: false,
    }) as unknown as Span
    onStart?.(span)
    return span
  }
  return { now: clock.now, active: context.active, run: context.run, start }
}
