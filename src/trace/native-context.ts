// native-context.ts: the active span kept by the platform's own AsyncContext, where there is one.

import { createStackContext, type Slot, type StackContext } from './context.ts'
import type { Span } from './span.ts'

/** `AsyncContext.Variable` of the proposal (TC39, stage 2), as far as it is needed. */
export interface AsyncVariable {
  get: () => unknown
  run: <Result>(value: unknown, work: () => Result) => Result
}

/** The platform's `AsyncContext`. */
export interface AsyncContextApi {
  Variable: new () => AsyncVariable
}

interface Held {
  span: Span | undefined
}

/**
 * For `Parts.context`: what `run` makes active stays so over native awaits, timers and whatever else the
 * platform follows, with no transform and no patched sources. What is entered without a callback has no
 * native counterpart: it is active until it is left, where no `run` is nearer. Where the platform has no
 * AsyncContext, the context is the page's slot as ever. Never throws.
 * @param api Default: `globalThis.AsyncContext`.
 */
export const nativeContext = (
  api: AsyncContextApi | undefined = (globalThis as { AsyncContext?: AsyncContextApi })
    .AsyncContext,
): ((slot?: Slot) => StackContext) => {
  if (!api) return createStackContext
  return () => {
    const variable = new api.Variable()
    const entered = createStackContext()
    return {
      ...entered,
      active: () => {
        const held = variable.get() as Held | undefined
        return held ? held.span : entered.active()
      },
      run: (span, work) => variable.run({ span } satisfies Held, work),
    }
  }
}
