// watch-handle.ts: a handle that warns where it is misused, and else does the same.

import { attempt } from '../browser/attempt.ts'
import type { Lightspan } from '../handle.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import type { Span } from '../trace/span.ts'
import { checkChoice, checkSpanOptions } from './check-options.ts'
import { checkAttributes, checkFunction, checkName } from './check-values.ts'
import { say } from './say.ts'
import { show } from './show.ts'
import { watchSpans } from './watch-spans.ts'

type Method = (...args: never[]) => unknown

// `check` looks at what a method is given; a failure of it is nobody's affair.
const looking =
  <Given extends unknown[], Result>(
    method: (...args: Given) => Result,
    check: (...args: Given) => void,
  ) =>
  (...args: Given): Result => {
    attempt(() => check(...args))
    return method(...args)
  }

/** Has an instrumentation say where it is what makes one. */
export const watchInstrumentation = (at: string, one: Instrumentation): Instrumentation => {
  attempt(() => checkFunction(at, 'an instrumentation', one, 'It is left out'))
  if (typeof one != 'function') return one
  return (tracer) => {
    const undo: unknown = one(tracer)
    // one takes a tracer, and gives what takes nothing
    if (!one.length && typeof undo == 'function' && undo.length == 1)
      say({
        at,
        given: `${one.name || 'an instrumentation'} was not called`,
        expected: `what it gives: ${one.name || 'it'}()`,
        then: 'It observes nothing',
      })
    return undo as () => void
  }
}

const watchSpanMethods = (handle: Lightspan, isStopped: () => boolean) => {
  const [watchOwn, watchEnded, watchOther] = watchSpans({ start: handle.startSpan })
  const checkStart = (at: string, name: unknown) => {
    checkName(at, name)
    if (isStopped())
      say({
        at,
        given: 'Lightspan was stopped',
        expected: 'a call before stop()',
        then: 'Nothing is recorded',
      })
  }
  const watchWork = (it: unknown) =>
    typeof it == 'function'
      ? function (this: unknown, span: Span): unknown {
          return Reflect.apply(it, this, [watchEnded(span)])
        }
      : it
  const span = (name: unknown, ...rest: unknown[]): unknown =>
    Reflect.apply(handle.span as Method, undefined, [name, ...rest.map(watchWork)])
  return {
    span: looking(span, (name, ...rest) => {
      const at = `span(${show(name)})`
      checkStart(at, name)
      const [options, work = options] = rest
      if (work != options) checkSpanOptions(at, options)
      checkFunction(at, 'the work', work, 'It is called all the same, which fails')
    }) as Lightspan['span'],
    startSpan: looking(
      (...args: Parameters<Lightspan['startSpan']>) => watchOwn(handle.startSpan(...args)),
      (name, options) => {
        const at = `startSpan(${show(name)})`
        checkStart(at, name)
        checkSpanOptions(at, options)
      },
    ),
    active: () => {
      const span = handle.active()
      return span && watchOther(span)
    },
  }
}

const checkUser = (id: unknown) => {
  if (id !== undefined && typeof id != 'string')
    say({
      at: 'setUser()',
      given: `the id is ${show(id)}`,
      expected: 'text, or undefined for nobody',
      then: 'It is sent as text',
    })
}

/**
 * Watches a handle, and the spans that the application has from it.
 * @param onStop is called as it is stopped.
 */
export const watchHandle = <Handle extends Lightspan>(
  handle: Handle,
  onStop: () => void,
): Handle => {
  let stopped = false
  return {
    ...handle,
    ...watchSpanMethods(handle, () => stopped),
    setAttributes: looking(handle.setAttributes, (attributes) =>
      checkAttributes('setAttributes()', attributes),
    ),
    setUser: looking(handle.setUser, checkUser),
    setConsent: looking(handle.setConsent, (answer: unknown) =>
      checkChoice('setConsent()', 'consent', answer),
    ),
    use: (one) => handle.use(watchInstrumentation('use()', one)),
    stop: looking(handle.stop, () => {
      stopped = true
      onStop()
    }),
  }
}
