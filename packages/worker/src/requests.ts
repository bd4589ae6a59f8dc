// requests.ts: a client span for each fetch of a worker, which continues the trace of what it passes on.

import {
  mayPropagate,
  parseTraceparent,
  parseTracestate,
  setHttpStatus,
  startHttpSpan,
  type Span,
  type Target,
  type Tracer,
} from 'lightspan/core'

type Arguments = Parameters<typeof fetch>

interface Traced {
  span: Span
  args: Arguments
}

// As src/instrument/fetch.ts has it: the request is not rebuilt, and what an init resets is said again.
const withHeader = ([input, init]: Arguments, headers: Headers): Arguments => {
  if (init)
    return [
      input,
      // of a copy: nothing can be said for a member of a frozen one
      new Proxy({ ...init, headers } as RequestInit, {
        get: (copy, name) => Reflect.get(name == 'headers' ? copy : init, name) as never,
      }),
    ]
  const { referrer, referrerPolicy } = input as Partial<Request>
  return [
    input,
    { headers, ...(input instanceof Request && { referrer, referrerPolicy }) } as RequestInit,
  ]
}

const begin = (
  tracer: Tracer,
  targets: readonly Target[],
  agreed: () => boolean,
  args: Arguments,
): Traced | undefined => {
  const [input, init] = args
  const request = input instanceof Request ? input : undefined
  const url = new URL(request ? request.url : `${input as string}`, location.href)
  const headers = new Headers(init?.headers ?? request?.headers)
  const given = headers.get('traceparent')
  const active = tracer.active()
  const carried = parseTraceparent(given)
  const traceState = parseTracestate(headers.get('tracestate'))
  const parent = active ?? (carried && { ...carried, traceState })
  // What a service worker passes on for the platform, an image or a style sheet, is the page's to tell.
  if (!/^http/.test(url.protocol) || (!parent && request?.destination)) return
  const method = `${init?.method ?? request?.method ?? 'GET'}`
  const span = startHttpSpan(tracer, method, url, { parent: parent ?? null })
  const may =
    agreed() &&
    (init?.mode ?? request?.mode) != 'no-cors' &&
    mayPropagate(targets, url.origin, location.origin)
  // A context that the application gave stays, unless it is the one we continue.
  if (!may || (given && active)) return { span, args }
  headers.set('traceparent', span.traceparent())
  // another origin has allowed `traceparent` at best, as in the page
  if (url.origin == location.origin && span.traceState) headers.set('tracestate', span.traceState)
  return { span, args: withHeader(args, headers) }
}

const attempt = <Result>(work: () => Result): Result | undefined => {
  try {
    return work()
  } catch {
    return
  }
}

const fail = ({ span, args: [input, init] }: Traced, error: unknown) => {
  const { name = typeof error } = Object(error) as Partial<Error>
  const signal = init?.signal ?? (input as Partial<Request>).signal
  const aborted = name == 'AbortError' || (signal?.aborted && signal.reason === error)
  // A deliberate abort is not an error, whatever its reason; a timeout is.
  if (aborted && name != 'TimeoutError') span.setAttribute('lightspan.ended_by', 'abort')
  else span.setAttribute('error.type', name).setStatus('error')
  span.end()
}

/** Patches `fetch`. The application's promise is derived from the native one: same value, same error. */
export const traceRequests = (
  tracer: Tracer,
  targets: readonly Target[],
  agreed: () => boolean,
): (() => void) => {
  const original = globalThis.fetch
  let live = true
  const ours = function (this: unknown, ...args: Arguments): Promise<Response> {
    const it = live ? attempt(() => begin(tracer, targets, agreed, args)) : undefined
    const result = Reflect.apply(original, this, it?.args ?? args) as Promise<Response>
    // somebody else's fetch, a mock's, may return anything
    if (!it || typeof result?.then != 'function') return result
    return result.then(
      (response) => {
        attempt(() => {
          if (response.status) setHttpStatus(it.span, response.status)
          it.span.setAttribute('lightspan.ended_at', 'headers').end()
        })
        return response
      },
      (error: unknown) => {
        attempt(() => fail(it, error))
        throw error
      },
    )
  } as typeof fetch
  globalThis.fetch = ours
  return () => {
    live = false
    if (globalThis.fetch === ours) globalThis.fetch = original
  }
}
