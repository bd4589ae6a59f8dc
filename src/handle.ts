// handle.ts: what the application holds of Lightspan.

import type { Consent } from './session/gate.ts'
import type { Instrumentation } from './trace/instrumentation.ts'
import type { Attributes } from './trace/record.ts'
import { recordError } from './trace/record-error.ts'
import type { Span, SpanOptions } from './trace/span.ts'
import type { Tracer } from './trace/tracer.ts'
import { createWithSpan, type WithSpan } from './trace/with-span.ts'

/** A running Lightspan. No method throws, but for what the application's own `work` throws. */
export interface Lightspan {
  /**
   * Runs `work` in a span that is active meanwhile: `span('price', () => …)`,
   * `await span('load cart', async (span) => …)`, `span(name, options, work)`. Returns what `work`
   * returns. A throw or rejection is recorded and passed on.
   */
  span: WithSpan
  /** Starts a span that the caller ends. It is not made active. */
  startSpan: (name: string, options?: SpanOptions) => Span
  /** The active span. */
  active: () => Span | undefined
  /** Records a handled error on the active span, or on one of its own. */
  recordError: (error: unknown) => void
  /** Sets attributes that all spans carry from now on; `undefined` takes one back. */
  setAttributes: (attributes: Attributes) => void
  /** Names the user (`user.id`) of all spans from now on. Ignored under Global Privacy Control. */
  setUser: (id: string | undefined) => void
  /** The user's answer, at any time. See `BaseOptions.consent`. */
  setConsent: (consent: Consent) => void
  /** Installs one more instrumentation; `stop` ends it too. */
  use: (instrumentation: Instrumentation) => void
  /** Sends what waits. Resolves when the receiver has answered; never rejects. */
  flush: () => Promise<void>
  /** Ends all instrumentation, puts the page back as it was, and sends what waits. */
  stop: () => void
}

type Controls = Pick<Lightspan, 'flush' | 'stop' | 'setAttributes' | 'setConsent' | 'use'> & {
  strict?: boolean
  /** The tracer as instrumentations see it: an error is recorded on what may be guessed. */
  page?: Tracer & { told?: WeakSet<object> }
}

/** Builds the handle over a tracer. */
export const createHandle = (
  tracer: Tracer,
  { flush, stop, setAttributes, setConsent, use, strict, page = tracer }: Controls,
): Lightspan => ({
  span: createWithSpan(tracer),
  startSpan: tracer.start,
  active: tracer.active,
  recordError: (error) => recordError(page, 'handled exception', error),
  setAttributes,
  setUser: (id) => strict || setAttributes({ 'user.id': id }),
  setConsent,
  use,
  flush,
  stop,
})
