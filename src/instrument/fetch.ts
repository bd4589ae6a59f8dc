// fetch.ts: a client span for every fetch, without touching its response.

import { attempt } from '../browser/attempt.ts'
import { patch } from '../browser/patch.ts'
import { watchResources, type Awaited } from '../browser/resource-timing.ts'
import { sharedSlot } from '../trace/context.ts'
import { setHttpStatus, startHttpSpan } from '../trace/http.ts'
import type { Asked, Instrumentation, PageTracer } from '../trace/instrumentation.ts'
import type { Span } from '../trace/span.ts'

type Fetch = typeof fetch
type Arguments = Parameters<Fetch>
type Expect = ReturnType<typeof watchResources>[0]

// The app's own arguments, with a header more. A Request is not rebuilt, which would take its body, nor
// changed, which the app could see: `init.headers` override it, and referrer and policy, which any init
// resets (Fetch, "new Request"), are said again. An `init` of the app's is read through, as the
// platform reads it: it may be a Request itself, or have its members on a prototype.
const withHeaders = (
  [input, init]: Arguments,
  request: Request | undefined,
  more: Record<string, string> | undefined,
): Arguments => {
  if (!more) return [input, init]
  // a plain object: the platform walks through `Headers` by their iterator, which is slow
  if (!init && !request) return [input, { headers: more }]
  const headers = new Headers(init?.headers ?? request?.headers)
  if (headers.has('traceparent')) return [input, init]
  for (const [name, value] of Object.entries(more)) headers.set(name, value)
  if (init) {
    // A wrapper from before us may spread a plain object, which would make nothing of `Headers`.
    const { headers: own } = init
    const given = own?.constructor == Object ? { ...own, ...more } : headers
    return [
      input,
      // of a copy: nothing can be said for a member of a frozen one
      new Proxy({ ...init, headers: given } as RequestInit, {
        get: (copy, name) => Reflect.get(name == 'headers' ? copy : init, name) as never,
      }),
    ]
  }
  const { referrer, referrerPolicy } = request || {}
  return [input, { headers, ...(request && { referrer, referrerPolicy }) } as RequestInit]
}

interface Traced {
  span: Span
  awaited: Awaited
  args: Arguments
  /** Where our headers went. */
  told: Asked | undefined
  signal: AbortSignal | null | undefined
}

const begin = (tracer: PageTracer, expect: Expect, args: Arguments): Traced | undefined => {
  const [input, init] = args
  // also one of another realm's
  const text = `${input as string}`
  const request = text == '[object Request]' ? (input as Request) : undefined
  const url = new URL(request ? request.url : text, document.baseURI)
  url.hash = ''
  const { href, origin, pathname } = url // once: each asks the engine
  if (!args.length || !/^http/.test(href) || sharedSlot().ingest?.[href]) return
  const span = startHttpSpan(tracer, `${init?.method ?? request?.method ?? 'GET'}`, url)
  const awaited = expect('fetch' + href, span.start, () =>
    span.setAttribute('lightspan.ended_by', 'leave').end(),
  )
  const told = { origin, pathname }
  // From here on what fails costs the headers, for the span is there.
  const more = attempt(() =>
    (init?.mode ?? request?.mode) == 'no-cors' ? undefined : tracer.headers(span, told),
  )
  return {
    span,
    awaited,
    args: attempt(() => withHeaders(args, request, more)) || args,
    told: more && told,
    signal: init?.signal ?? request?.signal,
  }
}

const succeed = (
  tracer: PageTracer,
  { span, awaited }: Traced,
  { status, redirected }: Response,
  headersAt: number,
) => {
  if (status) setHttpStatus(span, status) // an opaque response says 0
  span.setAttribute('lightspan.redirected', redirected || undefined)
  awaited.settle((entry) => {
    if (entry) tracer.timing?.(span, entry)
    else span.setAttribute('lightspan.ended_at', 'headers')
    span.end(entry ? entry.responseEnd : headersAt)
  })
}

const fail = (tracer: PageTracer, { span, awaited, told, signal }: Traced, error: unknown) => {
  const { name = typeof error } = Object(error) as Partial<Error>
  const aborted = name == 'AbortError' || (signal?.aborted && signal.reason === error)
  awaited.settle(() => {}) // so that its entry is not taken for another request's
  // A deliberate abort is not an error; a timeout is.
  if (aborted && name != 'TimeoutError') span.setAttribute('lightspan.ended_by', 'abort')
  else {
    span.setAttribute('error.type', name).setStatus('error')
    if (told && !aborted) tracer.answered?.(told, false)
  }
  span.end()
}

/** Traces `fetch`. The app's promise is derived from the native one: same value, same error. */
export const fetchSpans = (): Instrumentation => (tracer) => {
  const [expect, endWatch] = watchResources(tracer)
  const undo = patch(
    globalThis,
    'fetch',
    (original) =>
      function (this: unknown, ...args: Arguments) {
        const it = attempt(() => begin(tracer, expect, args))
        // what we cannot read, the platform shall judge
        if (!it) return Reflect.apply(original, this, args) as Promise<Response>
        // `attempt`: what the app gets may be anything, a mock's response or a hostile reason
        const failed = (error: unknown) => {
          attempt(() => fail(tracer, it, error))
          throw error
        }
        let result: Promise<Response>
        try {
          result = Reflect.apply(original, this, it.args) as Promise<Response>
        } catch (error) {
          return failed(error) // somebody else's fetch may throw; the platform's does not
        }
        if (typeof result?.then != 'function') {
          it.span.end()
          return result
        }
        // One derived promise and no side branch: an unhandled rejection stays exactly one.
        return result.then((response) => {
          const headersAt = tracer.now()
          // at once: the next request may depend on it
          if (it.told) tracer.answered?.(it.told, true)
          tracer.later(() => succeed(tracer, it, response, headersAt))
          return response
        }, failed)
      } as Fetch,
  )
  return () => {
    undo()
    endWatch()
  }
}
