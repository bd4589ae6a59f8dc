// fetch.ts: a client span for every fetch, without touching its response.

import { patch } from '../browser/patch.ts'
import { watchResources, type Awaited } from '../browser/resource-timing.ts'
import { setHttpStatus, startHttpSpan } from '../trace/http.ts'
import type { Instrumentation, PageTracer } from '../trace/instrumentation.ts'
import type { Span } from '../trace/span.ts'

type Fetch = typeof fetch
type Arguments = Parameters<Fetch>

// The app's own arguments, with one header more. A Request is not rebuilt, which would take its
// body, nor changed, which the app could see: `init.headers` override it, and referrer and policy,
// which any init resets (Fetch, "new Request"), are said again.
const withHeader = (
  [input, init]: Arguments,
  request: Request | undefined,
  value: string,
): Arguments => {
  const headers = new Headers(init?.headers ?? request?.headers)
  if (headers.has('traceparent')) return [input, init]
  headers.set('traceparent', value)
  const { referrer, referrerPolicy } = request || {}
  return [input, { ...(request && { referrer, referrerPolicy }), ...init, headers } as RequestInit]
}

interface Traced {
  span: Span
  awaited: Awaited
  args: Arguments
}

const begin = (
  tracer: PageTracer,
  expect: (url: string, start: number) => Awaited,
  args: Arguments,
): Traced | undefined => {
  const [input, init] = args
  const request = typeof Request != 'undefined' && input instanceof Request ? input : undefined
  const url = new URL(request ? request.url : `${input as string}`, document.baseURI)
  if (!args.length || !/^http/.test(url.protocol)) return
  const method = `${init?.method ?? request?.method ?? 'GET'}`.toUpperCase()
  const span = startHttpSpan(tracer, method, url)
  url.hash = ''
  const awaited = expect(url.href, span.start)
  const value = (init?.mode ?? request?.mode) != 'no-cors' && tracer.header(span, url)
  return { span, awaited, args: value ? withHeader(args, request, value) : args }
}

const succeed = ({ span, awaited }: Traced, { status }: Response, headersAt: number) => {
  if (status) setHttpStatus(span, status) // an opaque response says 0
  awaited.settle((entry) => {
    if (entry) span.setAttribute('http.response.body.size', entry.encodedBodySize || undefined)
    else span.setAttribute('lightspan.ended_at', 'headers')
    span.end(entry ? entry.responseEnd : headersAt)
  })
}

const fail = ({ span, awaited }: Traced, error: unknown) => {
  const name = error instanceof Error || error instanceof DOMException ? error.name : typeof error
  awaited.cancel()
  // A deliberate abort is not an error.
  if (name == 'AbortError') span.setAttribute('lightspan.ended_by', 'abort')
  else span.setAttribute('error.type', name).setStatus('error')
  span.end()
}

/** Traces `fetch`. The app's promise is derived from the native one: same value, same error. */
export const fetchSpans = (): Instrumentation => (tracer) => {
  const [expect, endWatch] = watchResources()
  const undo = patch(
    globalThis,
    'fetch',
    (original) =>
      function (this: unknown, ...args: Arguments) {
        let traced: Traced | undefined
        try {
          traced = begin(tracer, expect, args)
        } catch {
          // what we cannot read, the platform shall judge
        }
        if (!traced) return Reflect.apply(original, this, args) as Promise<Response>
        const it = traced
        // One derived promise and no side branch: an unhandled rejection stays exactly one.
        return (Reflect.apply(original, this, it.args) as Promise<Response>).then(
          (response) => {
            succeed(it, response, tracer.now())
            return response
          },
          (error: unknown) => {
            fail(it, error)
            throw error
          },
        )
      },
  )
  return () => {
    undo()
    endWatch()
  }
}
