// watch-spans.ts: spans of the application whose methods look at how they are called.

import { attempt } from '../browser/attempt.ts'
import { patch } from '../browser/patch.ts'
import { methodsOf } from '../trace/methods.ts'
import type { Span } from '../trace/span.ts'
import type { Tracer } from '../trace/tracer.ts'
import {
  checkAttribute,
  checkAttributes,
  checkContext,
  checkName,
  checkTime,
} from './check-values.ts'
import { say } from './say.ts'
import { show } from './show.ts'

const statuses: readonly unknown[] = ['ok', 'error', 'unset']

// Method → what its arguments have to be.
const checks: Record<string, (at: string, ...args: unknown[]) => void> = {
  setAttribute: checkAttribute,
  setAttributes: checkAttributes,
  addEvent: (at, name, attributes, time) => {
    checkName(at, name)
    checkAttributes(at, attributes)
    checkTime(at, 'time', time)
  },
  addLink: (at, to, attributes) => {
    checkContext(at, 'target', to, 'It is left out')
    checkAttributes(at, attributes)
  },
  recordError: () => {},
  setStatus: (at, status) => {
    if (!statuses.includes(status))
      say({
        at,
        given: `the status is ${show(status)}`,
        expected: '"ok", "error" or "unset"',
        then: 'It is taken for "unset"',
      })
  },
  setName: checkName,
  end: (at, time) => checkTime(at, 'time', time),
}

const sayEnded = (at: string, method: string) =>
  say({
    at,
    given: 'the span has ended',
    expected: method == 'end' ? 'one call of end()' : 'a call before end()',
    then: 'Nothing is changed',
  })

/** Has a span of the application look at how it is called. @returns the same span. */
export type Watch = (span: Span) => Span

/**
 * Prepares to watch spans of a tracer. Only those that it is given are watched: what others do with theirs is no matter
 * of the application's.
 * @returns what watches a span that the application ends; one that is ended for it, and may be ended by it before; and
 *   one that is somebody else's, of which only values are checked.
 */
export const watchSpans = (tracer: Pick<Tracer, 'start'>): readonly [Watch, Watch, Watch] => {
  const methods: object = methodsOf(tracer)
  const endedForThem = new WeakSet<Span>()
  let depth = 0

  const look = (span: Span, method: string, strict: boolean, args: unknown[]) => {
    const at = `${method}() of the span ${show(span.name)}`
    // the end that comes after the application's own
    const due = method == 'end' && span.ended && endedForThem.delete(span)
    if (strict && span.ended && !due) sayEnded(at, method)
    // a name that it gets may be from whoever has made it
    else if (strict || method != 'setName') checks[method]?.(at, ...args)
  }
  const guard = (strict: boolean): object => {
    const guarded = Object.create(methods) as Record<string, (...args: unknown[]) => unknown>
    for (const method in checks)
      patch(
        guarded,
        method,
        () =>
          function (this: Span, ...args): unknown {
            // what a method of ours calls in turn is none of the application's calls
            if (!depth++) attempt(() => look(this, method, strict, args))
            try {
              // by name: an instrumentation may have patched it since
              return Reflect.apply(Reflect.get(methods, method) as () => unknown, this, args)
            } finally {
              depth--
            }
          },
      )
    return guarded
  }
  const [own, borrowed] = [guard(true), guard(false)]
  const put = (span: Span, prototype: object) => {
    const now: unknown = Object.getPrototypeOf(span)
    if (now != own && now != borrowed) attempt(() => void Object.setPrototypeOf(span, prototype))
    return span
  }
  return [
    (span) => put(span, own),
    (span) => {
      endedForThem.add(span)
      return put(span, own)
    },
    (span) => put(span, borrowed),
  ]
}
