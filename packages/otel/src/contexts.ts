// contexts.ts: OpenTelemetry's contexts, carried in the one slot where Lightspan keeps the active span.

import {
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  type Context,
  type ContextManager,
  type Span as OtelSpan,
} from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import type { Span } from 'lightspan'
import { randomHex } from 'lightspan/core'
import { bindTarget } from './bind-target.ts'
import { fromOtelContext, toOtelSpan, toStranger, type Host } from './span.ts'

/** Both directions between the two models of what is active. */
export interface Contexts {
  manager: ContextManager
  /** The same one for the same span. */
  show: (span: Span) => OtelSpan
  /** What Lightspan holds as active where `context` is; undefined for nothing at all. */
  slotOf: (context: Context) => Span | undefined
}

// A span keeps its parent while it lives; it is no part of its public face.
type Kin = Span & { parent?: object | null }

// A context of more than a span is told from the span alone by who stands for it in the slot: a proxy
// that is the span in every respect, methods called on the span itself.
const standIn = (span: Span): Span =>
  new Proxy(span, {
    get: (target, key) => {
      const value = Reflect.get(target, key) as unknown
      return typeof value == 'function' ? (value.bind(target) as unknown) : value
    },
  })

// Lightspan's spans as OpenTelemetry's, each shown as one and the same, and back.
const createViews = ({ now }: Host) => {
  const shown = new WeakMap<Span, OtelSpan>()
  const hidden = new WeakMap<OtelSpan, Span>()
  const show = (span: Span): OtelSpan => {
    const known = shown.get(span)
    if (known) return known
    const fresh = toOtelSpan(span, now)
    shown.set(span, fresh)
    hidden.set(fresh, span)
    return fresh
  }
  return { show, behind: (span: OtelSpan | undefined) => span && hidden.get(span) }
}

type Views = ReturnType<typeof createViews>

// What Lightspan is to hold as active where `context` is.
const createSlot = ({ start }: Host, { behind }: Views, context: Context): Span => {
  const span = trace.getSpan(context)
  const own = behind(span)
  const place = span?.spanContext()
  const known = place && isSpanContextValid(place) ? fromOtelContext(place) : undefined
  if (isTracingSuppressed(context)) {
    const { traceId, spanId } = known ?? { traceId: randomHex(16), spanId: randomHex(8) }
    return toStranger({ traceId, spanId, flags: 0 }, () => {})
  }
  if (own) return standIn(own)
  // An error where a remote span is active belongs below it; where none is, to nobody.
  const record = (error: unknown) =>
    start('exception', { parent: known ?? null })
      .recordError(error)
      .end()
  // Counted like a span of ours, but without ids and a decision: what it causes is a root.
  return toStranger(known ?? ({ children: 0, open: 0, lastEnd: 0 } as object), record)
}

/** Builds the manager over Lightspan's own context, so that what keeps one keeps both. */
export const createContexts = (host: Host): Contexts => {
  const views = createViews(host)
  const slots = new WeakMap<Context, Span>()
  const contexts = new WeakMap<object, Context>()
  let live = false

  const pair = (context: Context, slot: Span) => {
    slots.set(context, slot)
    contexts.set(slot, context)
  }
  const slotOf = (context: Context): Span | undefined => {
    if (context === ROOT_CONTEXT && !host.active()) return
    if (!slots.has(context)) pair(context, createSlot(host, views, context))
    return slots.get(context)
  }
  const contextOf = (span: Kin): Context => {
    if (!contexts.has(span)) {
      const { parent } = span
      const around = (parent && contexts.get(parent)) || ROOT_CONTEXT
      pair(trace.setSpan(around, views.show(span)), span)
    }
    return contexts.get(span)!
  }
  const manager: ContextManager = {
    active: () => {
      const span = live ? host.active() : undefined
      return span ? contextOf(span) : ROOT_CONTEXT
    },
    with: (context, work, self, ...args) => {
      const call = () => Reflect.apply(work, self, args) as ReturnType<typeof work>
      return live ? host.run(slotOf(context), call) : call()
    },
    bind: (context, target) => {
      if (typeof target != 'function')
        return bindTarget(target, (listener) => manager.bind(context, listener))
      const bound = function (this: never, ...args: never[]): unknown {
        return manager.with(context, target as never, this, ...args)
      }
      Object.defineProperty(bound, 'length', { value: target.length, configurable: true })
      return bound as typeof target
    },
    enable: () => {
      live = true
      return manager
    },
    disable: () => {
      live = false
      return manager
    },
  }
  return { manager, show: views.show, slotOf }
}
