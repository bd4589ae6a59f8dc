// errors.ts: uncaught errors and unhandled rejections, on the span they happened in.

import { listen } from '../browser/listen.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'

/** The most errors that one page records: a loop that throws must not flood. */
const most = 100

/** Records uncaught errors as `exception` events, on the active span or on one of their own. */
export const errorSpans = (): Instrumentation => (tracer) => {
  let left = most
  return listen(globalThis, ['error', 'unhandledrejection'], (event) => {
    const { error, message, reason } = event as Event & {
      error?: unknown
      message?: string
      reason?: unknown
    }
    // a resource that failed to load fires `error` too, without a message
    if ((event.type == 'error' && message === undefined) || left-- <= 0) return
    const active = tracer.active()
    const span = active || tracer.start('uncaught exception')
    span.recordError(event.type == 'error' ? (error ?? message) : reason)
    if (!active) span.end()
  })
}
