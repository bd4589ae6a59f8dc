// page-tracer.ts: the tracer as instrumentations of a page see it: with headers, redaction and memory.

import type { BaseOptions } from './options.ts'
import { createQuarantine } from './propagate/quarantine.ts'
import { mayPropagate } from './propagate/targets.ts'
import type { StackContext } from './trace/context.ts'
import type { PageTracer } from './trace/instrumentation.ts'
import type { Tracer } from './trace/tracer.ts'
import type { Visitor } from './visitor.ts'

/** Spans of servers that a tab remembers to have joined. */
const mostClaimed = 20

/** Adds to a tracer what depends on the page and on who is visiting it. */
export const createPageTracer = (
  { propagateTo = [] }: BaseOptions,
  visitor: Visitor,
  context: StackContext,
  tracer: Tracer,
): PageTracer => {
  const { store } = visitor
  const quarantine = createQuarantine(store.get('quarantine') || '', (origins) =>
    store.set('quarantine', origins),
  )
  return {
    ...context,
    ...tracer,
    redact: visitor.redact,
    headers: (span, { origin }) => {
      const own = origin == location.origin
      if (!visitor.mayPropagate() || !mayPropagate(propagateTo, origin, location.origin)) return []
      if (!quarantine.may(origin)) return []
      const headers: [string, string][] = [['traceparent', span.traceparent()]]
      // Another origin has allowed `traceparent` at best: one header more could break the request.
      if (own && span.traceState) headers.push(['tracestate', span.traceState])
      return headers
    },
    answered: ({ origin }, answered) =>
      origin != location.origin && quarantine.heard(origin, answered),
    claim: (id) => {
      const claimed = store.get('claimed')?.split(' ') || []
      if (claimed.includes(id)) return false
      store.set('claimed', [...claimed.slice(-mostClaimed), id].join(' '))
      return true
    },
  }
}
