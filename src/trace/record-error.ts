// record-error.ts: an error, on the span in which it happened.

import type { Tracer } from './tracer.ts'

/** Records `error` on the active span, or on one of its own with this name. */
export const recordError = (tracer: Tracer, name: string, error: unknown): void => {
  const active = tracer.active()
  const span = active || tracer.start(name)
  span.recordError(error)
  if (!active) span.end()
}
