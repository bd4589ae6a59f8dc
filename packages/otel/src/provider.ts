// provider.ts: OpenTelemetry tracers whose spans are Lightspan's.

import {
  INVALID_SPAN_CONTEXT,
  trace,
  type Context,
  type Span as OtelSpan,
  type SpanOptions as OtelSpanOptions,
  type Tracer as OtelTracer,
  type TracerProvider,
} from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import type { SpanKind } from 'lightspan'
import { toAttributes } from './attributes.ts'
import type { Contexts } from './contexts.ts'
import type { Host } from './span.ts'
import { toClock } from './times.ts'

const none = () => trace.wrapSpanContext(INVALID_SPAN_CONTEXT)

/**
 * Builds the provider.
 * @param isLive whether spans are still wanted; where not, they record nothing.
 */
export const createProvider = (
  host: Host,
  { show, slotOf, manager }: Contexts,
  isLive: () => boolean,
): TracerProvider => {
  // `null` begins a trace; undefined leaves it to Lightspan, which may know the page's view.
  const parentIn = (context: Context, { root }: OtelSpanOptions) => {
    if (root) return null
    const slot = slotOf(context)
    return slot && !slot.traceId ? null : slot
  }
  const begin = (scope: object, name: string, options: OtelSpanOptions, context: Context) => {
    if (!isLive() || isTracingSuppressed(context)) return none()
    const { kind = 0, attributes, links, startTime } = options
    const span = host.start(`${name}`, {
      kind: (kind + 1) as SpanKind,
      attributes: { ...scope, ...toAttributes(attributes) },
      parent: parentIn(context, options),
      start: toClock(startTime, host.now),
    })
    const shown = show(span)
    if (links) shown.addLinks(links)
    return shown
  }
  const active = (context?: Context) => context ?? manager.active()

  return {
    getTracer: (name, version) => {
      const scope = { 'otel.scope.name': name || undefined, 'otel.scope.version': version }
      const startSpan = (title: string, options: OtelSpanOptions = {}, context?: Context) =>
        begin(scope, title, options, active(context))
      const startActiveSpan = (title: string, ...more: unknown[]): unknown => {
        if (!more.length) return
        const work = more.at(-1) as (span: OtelSpan) => unknown
        const [options, given] = more.slice(0, -1) as [OtelSpanOptions?, Context?]
        const around = active(given)
        const span = startSpan(title, options, around)
        return manager.with(
          trace.setSpan(options?.root ? trace.deleteSpan(around) : around, span),
          work,
          undefined,
          span,
        )
      }
      return { startSpan, startActiveSpan } as OtelTracer
    },
  }
}

/** Whether the global provider is this one. */
export const isGlobal = (provider: TracerProvider): boolean =>
  (trace.getTracerProvider() as { getDelegate?: () => TracerProvider }).getDelegate?.() === provider
