// tracer.ts: starts spans, and hands the ended ones on.

import type { Clock } from './clock.ts'
import type { Context } from './context.ts'
import { exceptionAttributes } from './exception.ts'
import type { RandomHex } from './ids.ts'
import { sampledAt } from './sampling.ts'
import type { Span, SpanContext, SpanOptions } from './span.ts'

/** What instrumentations and applications work with. */
export interface Tracer {
  /** ms on the clock of all spans. */
  now: () => number
  /** The span that new spans become children of. */
  active: () => Span | undefined
  /** Starts a span. It is not active until `run` says so. */
  start: (name: string, options?: SpanOptions) => Span
  /** Makes `span` active while `work` runs, and gives back its result. */
  run: Context['run']
}

/** The parts a tracer is made of; time, chance and destination are arguments. */
export interface TracerParts {
  clock: Clock
  random: RandomHex
  context: Context
  /** The share of new traces that is recorded, 0..1. */
  sample: number
  /** Takes each recorded span once, when it ends. */
  onEnd: (span: Span) => void
}

// A local parent keeps count of its children; it is not part of what a span shows.
type Kin = Span & { parent: Partial<Span> | null | undefined }

// Shared by all spans of a tracer: a span is one object with plain fields, not a bag of closures.
const createMethods = ({ now }: Clock, onEnd: (span: Span) => void) => ({
  setAttribute(this: Kin, name: string, value: Span['attributes'][string]) {
    return this.setAttributes({ [name]: value })
  },
  setAttributes(this: Kin, attributes: Span['attributes']) {
    if (!this.ended) Object.assign(this.attributes, attributes)
    return this
  },
  addEvent(this: Kin, name: string, attributes = {}, time = now()) {
    if (!this.ended) this.events.push({ name, time, attributes })
    return this
  },
  addLink(this: Kin, { traceId, spanId }: SpanContext, attributes = {}) {
    if (!this.ended) this.links.push({ traceId, spanId, attributes })
    return this
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
  end(this: Kin, time = now()) {
    const { parent } = this
    if (this.ended) return
    this.ended = true
    this.duration = Math.max(0, time - this.start)
    if (parent?.open) {
      parent.open--
      parent.lastEnd = Math.max(parent.lastEnd!, time)
    }
    this.parent = null // a chain of ended spans must not be kept alive by the last of them
    if (this.flags & 1) onEnd(this)
  },
})

/** Builds a tracer. It keeps no reference to a span that has ended. */
export const createTracer = ({ clock, random, context, sample, onEnd }: TracerParts): Tracer => {
  const methods = createMethods(clock, onEnd)
  const start = (name: string, options: SpanOptions = {}) => {
    const known = options.parent === undefined ? context.active() : options.parent
    const guess = known === undefined ? context.guess?.() : undefined
    const parent = (known || guess) as Partial<Span> | null | undefined
    const traceId = parent?.traceId || random(16)
    const local = parent?.open !== undefined
    if (local) {
      parent.children!++
      parent.open!++
    }
    return {
      __proto__: methods,
      parent,
      traceId,
      spanId: random(8),
      flags: parent?.flags ?? (sampledAt(sample, traceId) ? 3 : 2),
      parentId: parent?.spanId,
      remote: parent && !local,
      traceState: parent?.traceState,
      name,
      kind: options.kind || 1,
      start: options.start ?? clock.now(),
      duration: 0,
      attributes: { ...options.attributes, 'lightspan.context': guess && 'inferred' },
      events: [],
      links: [],
      status: 0,
      message: undefined,
      children: 0,
      open: 0,
      lastEnd: 0,
      ended: false,
    } as unknown as Span
  }
  return { now: clock.now, active: context.active, run: context.run, start }
}
