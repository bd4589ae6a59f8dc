// reports.ts: what the browser itself complains of: policy violations, deprecations, interventions.

import { listen } from '../browser/listen.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'

/** The most reports that one page records. */
const most = 50

interface Report {
  type: string
  body: { id?: string; sourceFile?: string | null; lineNumber?: number | null } | null
}

/** Records Content Security Policy violations and, by the Reporting API, deprecations and interventions. */
export const reportSpans = (): Instrumentation => (tracer) => {
  let left = most
  const record = (type: string, where: string | null | undefined, id: string | undefined) => {
    if (left-- <= 0) return
    tracer
      .start(`report ${type}`, {
        attributes: {
          'lightspan.report.id': id,
          'url.full': /^http/.test(where || '') ? tracer.redact(new URL(where!)) : undefined,
        },
      })
      .setStatus(type == 'csp-violation' ? 'error' : 'unset')
      .end()
  }
  const { ReportingObserver: Observer } = globalThis as {
    ReportingObserver?: new (
      hear: (reports: Report[]) => void,
      options: object,
    ) => { observe: () => void; disconnect: () => void }
  }
  const observer =
    Observer &&
    new Observer(
      (reports) => reports.forEach(({ type, body }) => record(type, body?.sourceFile, body?.id)),
      { types: ['deprecation', 'intervention'], buffered: true },
    )
  observer?.observe()
  const undo = listen(document, ['securitypolicyviolation'], (event) => {
    const { blockedURI, effectiveDirective } = event as SecurityPolicyViolationEvent
    record('csp-violation', blockedURI, effectiveDirective)
  })
  return () => {
    undo()
    observer?.disconnect()
  }
}
