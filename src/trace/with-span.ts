// with-span.ts: a span around a piece of work, synchronous or not.

import type { Span, SpanOptions } from './span.ts'
import type { Tracer } from './tracer.ts'

/** Runs `work` in a span. See `Lightspan.span`. */
export interface WithSpan {
  <Result>(name: string, work: (span: Span) => Result): Result
  <Result>(name: string, options: SpanOptions, work: (span: Span) => Result): Result
}

/**
 * Gives `tracer` its callback form. What `work` returns or throws is returned or thrown unchanged; a
 * promise is followed, and the span ends when it settles.
 */
export const createWithSpan =
  ({ start, run }: Tracer): WithSpan =>
  <Result>(
    name: string,
    options: SpanOptions | ((span: Span) => Result),
    work = options as (span: Span) => Result,
  ): Result => {
    const span = start(name, work == options ? {} : (options as SpanOptions))
    const fail = (error: unknown): never => {
      span.recordError(error).end()
      throw error
    }
    try {
      const result = run(span, () => work(span))
      if (typeof (result as PromiseLike<unknown> | undefined)?.then == 'function')
        return (result as PromiseLike<unknown>).then((value) => {
          span.end()
          return value
        }, fail) as Result
      span.end()
      return result
    } catch (error) {
      return fail(error)
    }
  }
