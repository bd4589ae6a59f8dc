// native-context.ts: the context over the platform's own AsyncContext: the one file that the proposal would replace.

import type { Context, Span } from 'lightspan/core'

/** `AsyncContext.Variable` of the proposal (TC39, stage 2), as far as it is needed. */
export interface Variable<Value> {
  get: () => Value | undefined
  run: <Result>(value: Value | undefined, work: () => Result) => Result
}

/** Keeps the active span in the platform's own variable. */
export const createNativeContext = (variable: Variable<Span>): Context => ({
  active: () => variable.get(),
  run: (span, work) => variable.run(span, work),
})
