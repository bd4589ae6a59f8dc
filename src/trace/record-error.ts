// record-error.ts: an error, on the span in which it happened.

import type { Tracer } from './tracer.ts'

/**
 * Records `error` on the active span, or on one of its own with this name. The same object once, where `told` keeps
 * count: frameworks hand an error to whoever handles it, and on to the page.
 */
export const recordError = (
  tracer: Tracer & { told?: WeakSet<object> },
  name: string,
  error: unknown,
): void => {
  if (error instanceof Object && tracer.told) {
    if (tracer.told.has(error)) return
    tracer.told.add(error)
  }
  const active = tracer.active()
  const span = active || tracer.start(name)
  span.recordError(error)
  if (!active) span.end()
}
