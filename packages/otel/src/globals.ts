// globals.ts: registers Lightspan as the OpenTelemetry API's implementation, and takes it back.

import { context, propagation, ROOT_CONTEXT, trace, type ContextManager } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { createContexts } from './contexts.ts'
import { createPropagator } from './propagator.ts'
import { createProvider, isGlobal } from './provider.ts'
import type { Host } from './span.ts'

type Send = (body: unknown) => unknown

// An instrumentation of OpenTelemetry's that has patched `fetch` before us would make a span of each batch, which
// makes another batch, without end.
const hush = ({ exporter }: Host, manager: ContextManager) => {
  const transport = exporter?.transport as { post: Send } | undefined
  if (!transport) return () => {}
  const { post } = transport
  const quiet = suppressTracing(ROOT_CONTEXT)
  const ours: Send = (body) => manager.with(quiet, post, undefined, body)
  transport.post = ours
  return () => {
    // somebody may have wrapped it since; then it does no harm
    if (transport.post == ours) transport.post = post
  }
}

/**
 * Puts Lightspan behind the globals of `@opentelemetry/api`: spans made through it are Lightspan's, and
 * what is active for one is active for the other. An instrumentation like any other: give it to
 * `startWith`, `start` or `use`; where there is no page, call it with a tracer of `createTracer`. Where
 * another OpenTelemetry SDK is registered already it does nothing. Undone, the API is a no-op again.
 * Never throws.
 */
export const openTelemetry =
  () =>
  (host: Host): (() => void) => {
    let live = true
    const contexts = createContexts(host)
    const { manager } = contexts
    const provider = createProvider(host, contexts, () => live)
    let speak = () => {}
    const undo = () => {
      live = false
      speak()
      // somebody may have put another SDK in our place
      if (!isGlobal(provider)) return
      trace.disable()
      propagation.disable()
      context.disable()
    }
    if (!trace.setGlobalTracerProvider(provider)) return () => {}
    if (!context.setGlobalContextManager(manager.enable())) {
      live = false
      trace.disable()
      return () => {}
    }
    propagation.setGlobalPropagator(createPropagator(host))
    speak = hush(host, manager)
    return undo
  }
