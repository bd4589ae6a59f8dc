// context.ts: which span is active; a synchronous stack, replaceable by what a runtime offers.

import type { Span } from './span.ts'

/** Keeps the active span. `run` makes `span` active while `work` runs, and gives back its result. */
export interface Context {
  active: () => Span | undefined
  run: <Result>(span: Span | undefined, work: () => Result) => Result
}

/** A context that can also be entered without a callback, as event dispatch needs. */
export interface StackContext extends Context {
  /** Makes `span` active and returns the one that was. The caller gives it back. */
  enter: (span: Span | undefined) => Span | undefined
}

/** The context of a single synchronous thread of control. */
export const createStackContext = (): StackContext => {
  let current: Span | undefined
  const enter = (span: Span | undefined) => {
    const before = current
    current = span
    return before
  }
  return {
    active: () => current,
    enter,
    run: (span, work) => {
      const before = enter(span)
      try {
        return work()
      } finally {
        enter(before)
      }
    },
  }
}
