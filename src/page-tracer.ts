// page-tracer.ts: the tracer as instrumentations of a page see it: with headers, redaction and memory.

import type { BaseOptions } from './options.ts'
import { mayPropagate } from './propagate/targets.ts'
import type { StackContext } from './trace/context.ts'
import type { PageTracer } from './trace/instrumentation.ts'
import type { Tracer } from './trace/tracer.ts'
import type { Visitor } from './visitor.ts'

/** Adds to a tracer what depends on the page and on who is visiting it. */
export const createPageTracer = (
  { propagateTo = [] }: BaseOptions,
  visitor: Visitor,
  context: StackContext,
  tracer: Tracer,
): Omit<PageTracer, 'timing' | 'later' | 'exporter'> => {
  const { origin: own } = globalThis // of a sandboxed frame it is `null`, whatever its address
  return {
    ...context,
    ...tracer,
    ...visitor,
    headers: (span, url) => {
      const { origin } = url
      if (!mayPropagate(propagateTo, origin, own) || !visitor.mayPropagate(url)) return
      const headers: Record<string, string> = { traceparent: span.traceparent() }
      // Another origin has allowed `traceparent` at best: one header more could break the request.
      // Nor must a parent of the application's that no header can hold.
      if (origin == own && /^[ -~]+$/.test(span.traceState || ''))
        headers['tracestate'] = span.traceState!
      return headers
    },
  }
}
