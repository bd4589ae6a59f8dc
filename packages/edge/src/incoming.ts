// incoming.ts: the server span of a request, by OpenTelemetry's stable HTTP conventions.

import {
  httpMethod,
  parseTraceparent,
  parseTracestate,
  redactUrl,
  type Span,
  type SpanContext,
  type Tracer,
} from 'lightspan/core'

/** What came with a request. */
export interface Incoming {
  /** The `traceparent` field as it stood, valid or not. */
  header: string | null
  /** Its parent, or undefined where there is none or the field must be ignored. */
  parent: SpanContext | undefined
  /** The `baggage` field, passed on as it stands. */
  baggage: string | null
}

/** Reads the trace context of a request (W3C Trace Context Level 2). */
export const readIncoming = ({ headers }: Request): Incoming => {
  const header = headers.get('traceparent')
  const parent = parseTraceparent(header)
  return {
    header,
    parent: parent && { ...parent, traceState: parseTracestate(headers.get('tracestate')) },
    baggage: headers.get('baggage'),
  }
}

/** Starts the server span. `parent` null begins a trace. */
export const startServerSpan = (
  tracer: Tracer,
  { method, headers }: Request,
  url: URL,
  parent: SpanContext | null,
): Span => {
  const { name, ...attributes } = httpMethod(method)
  const { pathname, protocol, hostname, port } = url
  return tracer.start(name, {
    kind: 2,
    parent,
    attributes: {
      ...attributes,
      'http.request.method_original': name == method ? undefined : method,
      'url.scheme': protocol.slice(0, -1),
      'url.path': pathname,
      'url.query': redactUrl(url).split('?')[1],
      'server.address': hostname,
      'server.port': +port || (protocol == 'https:' ? 443 : 80),
      'user_agent.original': headers.get('user-agent') || undefined,
    },
  })
}

/** Ends the server span with the response: for a server, 5xx alone is an error (OTel HTTP spans, "Status"). */
export const endServerSpan = (span: Span, status: number): void => {
  span.setAttribute('http.response.status_code', status)
  if (status >= 500) span.setAttribute('error.type', `${status}`).setStatus('error')
  span.end()
}
