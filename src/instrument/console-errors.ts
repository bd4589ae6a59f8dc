// console-errors.ts: what the page complains of by `console.error`.

import { attempt } from '../browser/attempt.ts'
import { standIn } from '../browser/stand-in.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import { recordError } from '../trace/record-error.ts'

/** The most complaints that one page records. */
const most = 100

/** The same complaint again within this time, in ms, is one. */
const again = 1000

/** The longest part of one, in UTF-16 units. */
const longest = 1000

// An object could be anything, and looking into it could do anything.
const word = (it: unknown) =>
  it && /^(object|function)$/.test(typeof it) ? `[${typeof it}]` : String(it).slice(0, longest)

// As the console writes it (Console, "formatter").
const write = ([first, ...rest]: readonly unknown[]) => {
  const text = word(first).replace(/%([sdifoOc])/g, (found, kind: string) =>
    rest.length ? (kind == 'c' ? (rest.shift(), '') : word(rest.shift())) : found,
  )
  return [text, ...rest.map(word)].join(' ')
}

/**
 * Records `console.error` as an `exception` event, on the active span or on one of its own: the error that is
 * among its arguments, else the text; of other objects their kind alone. The console goes on as it was.
 */
export const consoleErrors = (): Instrumentation => (tracer) => {
  let left = most
  let last: string | undefined
  let at = 0
  let busy = false
  const record = (args: readonly unknown[]) => {
    const error = args.find((it) => it instanceof Error)
    const message = write(args)
    const now = tracer.now()
    const repeated = message == last && now - at < again
    last = message
    at = now
    if (repeated || left-- <= 0) return
    recordError(tracer, 'console error', error || { name: 'console.error', message })
  }
  return standIn(console, 'error', {
    apply: (target, self, args: unknown[]) => {
      // A hook of the user's that hears of the span may complain itself.
      if (!busy) {
        busy = true
        attempt(() => record(args))
        busy = false
      }
      return Reflect.apply(target, self, args as never[])
    },
  })
}
