// instrumentation.ts: what an instrumentation is, and what it is given.

import type { StackContext } from './context.ts'
import type { Span } from './span.ts'
import type { Tracer } from './tracer.ts'

/** A tracer as instrumentations of a page see it. */
export interface PageTracer extends Tracer, Pick<StackContext, 'enter' | 'setView' | 'view'> {
  /** The `traceparent` that a request to `url` may carry, or undefined where it may not. */
  header: (span: Span, url: URL) => string | undefined
}

/** Starts to observe; what it returns puts everything back. */
export type Instrumentation = (tracer: PageTracer) => () => void
