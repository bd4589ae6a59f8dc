// outgoing.ts: a client span for a request that the handler makes, and trace context on its way.

import {
  exceptionAttributes,
  setHttpStatus,
  startHttpSpan,
  type Span,
  type Tracer,
} from 'lightspan/core'
import type { Incoming } from './incoming.ts'

type Arguments = Parameters<typeof fetch>

/** Any `fetch`, called the way its owner wants it. */
export type Call = (...args: Arguments) => Promise<Response>

/** What outgoing requests of one trace have in common. */
export interface OutgoingParts {
  tracer: Tracer
  incoming: Incoming
  /** Whether trace context may travel to this origin. */
  may: (origin: string) => boolean
  /** Whether what came in is continued, so that its baggage goes on. */
  trusted: boolean
}

const isPlain = (init: object) => {
  const prototype: unknown = Object.getPrototypeOf(init)
  return !prototype || prototype == Object.prototype
}

// The handler's arguments with other headers. An `init` that is a Request itself, as in
// `fetch(url, request)`, keeps its fields on its prototype: only the platform can read them all.
const withHeaders = ([input, init]: Arguments, change: (headers: Headers) => void): Arguments => {
  if (init && !isPlain(init)) {
    const request = new Request(input, init)
    change(request.headers)
    return [request]
  }
  const headers = new Headers(init?.headers ?? (input as Partial<Request>).headers)
  change(headers)
  return [input, { ...init, headers }]
}

const begin = (
  { tracer, incoming, may, trusted }: OutgoingParts,
  args: Arguments,
  always: boolean,
): { span: Span; args: Arguments } | undefined => {
  const [input, init] = args
  const { url: requested, method } = input as Partial<Request>
  const url = new URL(requested ?? (input as string))
  if (!/^http/.test(url.protocol)) return
  const span = startHttpSpan(tracer, `${init?.method ?? method ?? 'GET'}`.toUpperCase(), url)
  if (!always && !may(url.origin)) return { span, args }
  const inject = (headers: Headers) => {
    const given = headers.get('traceparent')
    // A header that the handler wrote is its own affair; the one that came in is forwarded by accident.
    if (given && given != incoming.header) return
    headers.set('traceparent', span.traceparent())
    if (span.traceState) headers.set('tracestate', span.traceState)
    else headers.delete('tracestate')
    if (trusted && incoming.baggage && !headers.has('baggage'))
      headers.set('baggage', incoming.baggage)
  }
  return { span, args: withHeaders(args, inject) }
}

const fail = (span: Span, [input, init]: Arguments, error: unknown) => {
  const type = exceptionAttributes(error)['exception.type']
  const signal = init?.signal ?? (input as Partial<Request>).signal
  const aborted = type == 'AbortError' || (signal?.aborted && signal.reason === error)
  // A deliberate abort is not an error, whatever its reason; a timeout is.
  if (aborted && type != 'TimeoutError') span.setAttribute('lightspan.ended_by', 'abort')
  else span.setAttribute('error.type', type).setStatus('error')
  span.end()
}

/**
 * Builds the traced form of a call. The result is a promise derived from the platform's: same response,
 * same error. The span ends with the headers; the body is not touched.
 */
export const createOutgoing =
  (parts: OutgoingParts) =>
  (call: Call, args: Arguments, always = false): Promise<Response> => {
    let traced: ReturnType<typeof begin>
    try {
      traced = begin(parts, args, always)
    } catch {
      // what we cannot read, the platform shall judge
    }
    if (!traced) return call(...args)
    const { span } = traced
    return call(...traced.args).then(
      (response) => {
        if (response.status) setHttpStatus(span, response.status)
        span.end()
        return response
      },
      (error: unknown) => {
        fail(span, args, error)
        throw error
      },
    )
  }
