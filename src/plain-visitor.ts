// plain-visitor.ts: a visitor that nothing is known of: no session, no memory, only the user's own hook.

import { attempt } from './browser/attempt.ts'
import type { BaseOptions } from './options.ts'
import type { Clock } from './trace/clock.ts'
import type { Attributes, SpanRecord } from './trace/record.ts'
import { redactUrl } from './trace/url.ts'
import type { Visitor } from './visitor.ts'

/** Builds the visitor of pages that are started without one. What is not agreed to is not recorded. */
export const createPlainVisitor = (
  { consent = 'granted', beforeSend = (span) => span }: BaseOptions,
  _clock: Clock,
  add: (span: SpanRecord) => void,
): Visitor => {
  let agreed = consent
  let globals: Attributes = {}
  return {
    // A hook that fails keeps its span back: it may be what hides a secret.
    pass: (span) =>
      attempt(() => {
        span.attributes = { ...globals, ...span.attributes }
        const kept = agreed == 'granted' && beforeSend(span)
        if (kept) add(kept)
      }),
    mayPropagate: () => agreed != 'denied',
    redact: redactUrl,
    consent: () => agreed,
    setConsent: (answer) => void (agreed = answer),
    setAttributes: (attributes) => void (globals = { ...globals, ...attributes }),
  }
}
