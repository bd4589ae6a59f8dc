// relay.ts: takes batches of spans on the site's own origin and passes them on to who collects them.

import { once, type Given } from './given.ts'
import { wrapHandler, type EnvOf, type Wrap, type Wrappable, type Wrapped } from './handler.ts'
import { callPlatform } from './patch-fetch.ts'
import { readAll, type Refusal } from './read-body.ts'
import { findWaitUntil } from './wait-until.ts'

/** What is sent on in place of a batch. */
export interface Converted {
  body: ArrayBuffer | string
  headers: Record<string, string>
}

/** Options of `relay`. */
export interface RelayOptions {
  /** Where pages send to. Default `/v1/spans`. */
  path?: string | undefined
  /**
   * The full ingest URL that batches go on to. Of the query of the page's own URL `key` goes with them, the public
   * ingest key, where this has none and nothing is converted.
   */
  url: string
  /** Extra headers for it, such as `authorization`: they stay on the server. */
  headers?: Record<string, string> | undefined
  /** Bytes that one body may have. Default 1,048,576. */
  limit?: number | undefined
  /** `toOtlp`, where the endpoint speaks OTLP; else bodies go on untouched, as a stream. */
  convert?: ((request: Request, limit: number) => Promise<Converted>) | undefined
}

/** How long the endpoint may take, in ms. */
const timeout = 10_000

/** Characters that a page's key may have. */
const longestKey = 256

/** Batches on their way at once. */
const mostFlights = 64

/** Seconds after which a page may try again. */
const pause = '10'

const say = (status: number, message: string, headers?: Record<string, string>) =>
  Response.json(
    { error: message },
    { status, headers: { 'cache-control': 'no-store', ...headers } },
  )

// Browsers say where a request comes from; other pages have no business here.
const isForeign = ({ headers, url }: Request): boolean => {
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  if (site) return site != 'same-origin' && site != 'none'
  // Without the scheme: TLS may end in front of us.
  return !!origin && origin.split('//')[1] != new URL(url).host
}

// A beacon can set no header, so a page that sends OTLP has its key in the query (docs/collector.md).
const keyOf = ({ url }: Request) => new URL(url).searchParams.get('key')

const refuse = (request: Request, limit: number, flights: number): Response | undefined => {
  if (request.method != 'POST') return say(405, 'method: expected POST', { allow: 'POST' })
  if (isForeign(request)) return say(403, 'origin: only pages of this site may send spans here')
  if (+(request.headers.get('content-length') || 0) > limit)
    return say(413, `body: is longer than ${limit} bytes`)
  if ((keyOf(request) ?? '').length > longestKey)
    return say(400, `key: is longer than ${longestKey} characters`)
  if (flights >= mostFlights)
    return say(503, 'body: too many are on their way', { 'retry-after': pause })
  return
}

// A stream whose length is announced is that long or breaks; another would have to be cut off on its way, which
// workerd shows the endpoint as its proper end. No browser sends such a batch, but a proxy may make one.
const bounded = ({ headers, body }: Request, limit: number) =>
  !body || headers.has('content-length') ? body : readAll(body, limit)

// Nothing else of the page's query is for the endpoint. What the operator says there stays, to the letter, and a
// backend that batches are rewritten for has no use for Lightspan's key.
const targetOf = (request: Request, { url, convert }: RelayOptions): string => {
  const key = keyOf(request)
  const target = new URL(url)
  if (key === null || convert || target.searchParams.has('key')) return url
  target.search += `${target.search && '&'}key=${encodeURIComponent(key)}`
  return target.href
}

// What the endpoint says is for the page, but for what concerns this one connection or other origins.
const answer = ({ status, headers, body }: Response): Response => {
  if (status >= 300 && status < 400) {
    void body?.cancel()
    return say(502, 'endpoint: answered with a redirect')
  }
  const kept = [...headers].filter(
    ([name]) =>
      !/^(?:set-cookie|content-(?:encoding|length)|transfer-encoding|connection|keep-alive|server-timing|access-control-.*)$/.test(
        name,
      ),
  )
  return new Response(status == 204 ? null : body, {
    status,
    headers: [...kept, ['cache-control', 'no-store']],
  })
}

const send = async (
  request: Request,
  options: RelayOptions,
  limit: number,
  signal: AbortSignal,
): Promise<Response> => {
  const { headers: extra, convert } = options
  const converted = await convert?.(request, limit)
  const ofBody = converted ? [] : ['content-type', 'content-encoding']
  const headers = new Headers()
  for (const name of ['user-agent', 'origin', ...ofBody]) {
    const value = request.headers.get(name)
    if (value) headers.set(name, value)
  }
  for (const [name, value] of Object.entries({ ...converted?.headers, ...extra }))
    headers.set(name, value)
  const body = converted ? converted.body : await bounded(request, limit)
  const init = { method: 'POST', body, headers, redirect: 'manual', signal }
  // `duplex`: Node wants it said that a stream is sent before its answer is heard.
  return answer(
    await callPlatform(targetOf(request, options), { ...init, duplex: 'half' } as RequestInit),
  )
}

const forward = async (request: Request, options: RelayOptions, limit: number) => {
  const stop = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      stop.abort()
      reject(new Error('timeout'))
    }, timeout)
  })
  try {
    // A page that is slow to send is waited for no longer than an endpoint that is slow to answer.
    return await Promise.race([send(request, options, limit, stop.signal), late])
  } catch (error) {
    const { status, message } = error as Partial<Refusal>
    if (status) return say(status, `${message}`)
    return say(503, 'endpoint: cannot be reached', { 'retry-after': pause })
  } finally {
    clearTimeout(timer)
  }
}

const wrap =
  (given: Given<RelayOptions, unknown>): Wrap =>
  (handler) => {
    const resolve = once(given, (options) => options)
    let flights = 0
    return async (request, ...rest) => {
      let options: RelayOptions | undefined
      try {
        const { path = '/v1/spans' } = (options = resolve(rest[0]))
        if (new URL(request.url).pathname != path) options = undefined
      } catch {
        // options that cannot be made concern batches alone
      }
      if (!options) return handler(request, ...rest)
      const { limit = 2 ** 20 } = options
      const refusal = refuse(request, limit, flights)
      if (refusal) return refusal
      flights++
      const sent = forward(request, options, limit)
      // A page that goes away ends its request; the batch has left it by then, and shall arrive.
      findWaitUntil(rest)(sent)
      try {
        return await sent
      } finally {
        flights--
      }
    }
  }

/**
 * Takes `POST` of batches at `path` and passes them on to `url`; every other request is the handler's.
 * The page gets the endpoint's own answer, so that it knows what has arrived, and 503 with `retry-after` where
 * none comes within 10 s. To be put around `traced`: batches are not traced. Never throws by itself.
 */
export function relay<
  It,
  Incoming extends Request,
  Rest extends unknown[],
  Env extends EnvOf<Rest> = EnvOf<Rest>,
>(
  handler: It & Wrappable<Incoming, Rest>,
  options: Given<RelayOptions, Env>,
): Wrapped<It, Incoming, Rest, Env>
export function relay(
  handler: Wrappable<Request, unknown[]>,
  options: Given<RelayOptions, unknown>,
): unknown {
  return wrapHandler(handler, wrap(options))
}
