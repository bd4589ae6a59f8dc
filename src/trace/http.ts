// http.ts: HTTP client spans by OpenTelemetry's stable HTTP conventions, for page and edge alike.

import type { Span, SpanContext } from './span.ts'
import type { Tracer } from './tracer.ts'
import { redactUrl } from './url.ts'

const known = /^(CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|QUERY|TRACE)$/

/** The method as conventions want it: unknown ones become `_OTHER`, so that names stay bounded. */
export const httpMethod = (method: string): { name: string; 'http.request.method': string } =>
  known.test(method)
    ? { name: method, 'http.request.method': method }
    : { name: 'HTTP', 'http.request.method': '_OTHER' }

// What the platform itself writes in upper case (Fetch, "normalize a method").
const normalized = /^(DELETE|GET|HEAD|OPTIONS|POST|PUT)$/i

/** Starts the span of an outgoing request. `start` is in ms; now if left out. */
export const startHttpSpan = (
  tracer: Tracer,
  method: string,
  url: URL,
  options: { start?: number; parent?: SpanContext | null } = {},
): Span => {
  const { name, ...attributes } = httpMethod(method.toUpperCase())
  return tracer.start(name, {
    kind: 3,
    ...options,
    attributes: {
      ...attributes,
      'http.request.method_original':
        name == method || normalized.test(method) ? undefined : method,
      'url.full': (tracer.redact || redactUrl)(url),
      'server.address': url.hostname,
      'server.port': +url.port || (url.protocol == 'https:' ? 443 : 80),
    },
  })
}

/** Notes the response's status. For a client, 4xx and 5xx are errors (OTel HTTP spans, "Status"). */
export const setHttpStatus = (span: Span, status: number): void => {
  span.setAttribute('http.response.status_code', status)
  if (status >= 400) span.setAttribute('error.type', `${status}`).setStatus('error')
}
