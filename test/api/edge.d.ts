// Public API, made by `npm run api`. A change here is a change for users: see CONTRIBUTING.md.

import { Target, Attributes, SpanRecord, Span, WithSpan, SpanOptions } from 'lightspan/core'

/** Options, or a function that makes them of `env` (the handler's second argument), once per isolate. */
type Given<Options, Env> = Options | ((env: Env) => Options)

/** A fetch handler. What follows the request (`env`, `ctx`, connection info) is the runtime's own. */
type Handler<Incoming extends Request, Rest extends unknown[]> = (
  request: Incoming,
  ...rest: Rest
) => Response | Promise<Response>
/** What can be wrapped: a fetch handler, or an object that has one, such as a module worker. */
type Wrappable<Incoming extends Request, Rest extends unknown[]> =
  | Handler<Incoming, Rest>
  | {
      fetch: Handler<Incoming, Rest>
    }
/** `env` as a handler declares it. Of one that declares none it is `unknown`: the options may say what it is. */
type EnvOf<Rest extends unknown[]> = Rest extends [infer Env, ...unknown[]] ? Env : unknown
type WrappedHandler<Incoming extends Request, Rest extends unknown[], Env> = (
  request: Incoming,
  ...rest: Rest extends [] ? (unknown extends Env ? [] : [env: Env]) : Rest
) => Promise<Response>
/** What has been wrapped: a handler, or the object with its `fetch` wrapped and all else as it was. */
type Wrapped<It, Incoming extends Request, Rest extends unknown[], Env> = It extends {
  fetch: unknown
}
  ? Omit<It, 'fetch'> & {
      fetch: WrappedHandler<Incoming, Rest, Env>
    }
  : WrappedHandler<Incoming, Rest, Env>

/** Options of `traced`. */
interface EdgeOptions {
  /** Name of the application (`service.name`). */
  service: string
  /** Its version (`service.version`). */
  version?: string | undefined
  /** Where it is deployed (`deployment.environment.name`). */
  environment?: string | undefined
  /** The full ingest URL, posted to as it stands. Without one, trace context is passed on and nothing is sent. */
  url?: string | undefined
  /** Ingest key: in the body of compact batches, in the query (`?key=`) for OTLP. */
  key?: string | undefined
  /** Extra headers for the ingest endpoint, such as `authorization`. */
  headers?: Record<string, string> | undefined
  /** `compact` for a Lightspan collector (default), `otlp` (JSON) for any OpenTelemetry backend. */
  format?: 'compact' | 'otlp' | undefined
  /**
   * Origins besides the request's own that get `traceparent`: exact (`https://api.example.com`), with
   * wildcard (`*.example.com`, `https://*.example.com`), or a RegExp for the origin alone.
   */
  propagateTo?: readonly Target[] | undefined
  /**
   * Share of the traces begun here that is recorded, 0..1. Default 1. A trace that comes in is
   * recorded if and only if its sender records it.
   */
  sample?: number | ((request: Request) => number) | undefined
  /** Whether a `traceparent` that comes in is continued; else it is linked to. Default true. */
  trustIncoming?: boolean | ((request: Request) => boolean) | undefined
  /** The route (`/products/{id}`) that a request belongs to: names its span. */
  route?: ((request: Request) => string | undefined) | undefined
  /** Whether responses name their span in `Server-Timing`. Default true. */
  serverTiming?: boolean | undefined
  /** Attributes of the resource: they describe all spans, and travel once per batch. */
  attributes?: Attributes | undefined
  /** Sees each span before it is buffered; may change it, or return nothing to drop it. */
  beforeSend?: ((span: SpanRecord) => SpanRecord | null | undefined | void) | undefined
  /** How long a finished span may wait for others to leave with it, in ms. Default 1000. */
  delay?: number | undefined
}

/**
 * Traces a fetch handler, or the `fetch` of an object that has one: continues the trace of each request or
 * begins one, runs the handler within a server span, traces the requests that it makes, and sends the
 * spans after the response. The response is passed on; what the handler throws is recorded and thrown
 * again. Nothing happens before the first request. Never throws by itself.
 * @param options or a function of `env` that gives them.
 */
declare function traced<
  It,
  Incoming extends Request,
  Rest extends unknown[],
  Env extends EnvOf<Rest> = EnvOf<Rest>,
>(
  handler: It & Wrappable<Incoming, Rest>,
  options: Given<EdgeOptions, Env>,
): Wrapped<It, Incoming, Rest, Env>

/** What has a `fetch`: a service binding, a Durable Object's stub, an agent. */
interface Fetcher {
  fetch: (...args: never[]) => Promise<unknown>
}
/** The trace of one request. No method throws, but for what the application's own `work` throws. */
interface Trace {
  /** The span of the request itself. */
  root: Span
  /** The active span: the root, or the innermost span that `span` is running. */
  active: () => Span
  /**
   * Runs `work` in a span that is active meanwhile: `span('price', () => …)`,
   * `await span('load cart', async (span) => …)`, `span(name, options, work)`. Returns what `work`
   * returns. A throw or rejection is recorded and passed on.
   */
  span: WithSpan
  /** Starts a span that the caller ends. It is not made active. */
  startSpan: (name: string, options?: SpanOptions) => Span
  /** Says which route the request belongs to (`/products/{id}`), which names its span. */
  route: (template: string) => void
  /** The platform's `fetch` within a client span: for where `globalThis.fetch` cannot know the trace. */
  fetch: typeof fetch
  /** A binding whose `fetch` runs within a client span. It always gets `traceparent`: it was named. */
  via: <Binding extends Fetcher>(binding: Binding) => Pick<Binding, 'fetch'>
}

/**
 * The trace that `request` began or, without one, that the caller is in, where the runtime keeps context
 * across `await` (docs/edge.md says which do). Outside any, a trace that records nothing. Never throws.
 */
declare const traceOf: (request?: Request) => Trace

/** What is sent on in place of a batch. */
interface Converted {
  body: ArrayBuffer | string
  headers: Record<string, string>
}
/** Options of `relay`. */
interface RelayOptions {
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
/**
 * Takes `POST` of batches at `path` and passes them on to `url`; every other request is the handler's.
 * The page gets the endpoint's own answer, so that it knows what has arrived, and 503 with `retry-after` where
 * none comes within 10 s. To be put around `traced`: batches are not traced. Never throws by itself.
 */
declare function relay<
  It,
  Incoming extends Request,
  Rest extends unknown[],
  Env extends EnvOf<Rest> = EnvOf<Rest>,
>(
  handler: It & Wrappable<Incoming, Rest>,
  options: Given<RelayOptions, Env>,
): Wrapped<It, Incoming, Rest, Env>

/**
 * Rewrites a compact batch as OTLP/JSON (`convert` of `relay`), but for copies of spans that have not ended
 * and for spans with a parent or a link that is none.
 * @param limit bytes that the body may have as it came.
 * @throws Error with `status`: 400 where the batch is broken; 413 where it has more than `limit` bytes, 2 MiB once
 * decompressed, 10,000 spans, 100,000 attribute values, events and links together, or 8 Mi characters as OTLP.
 */
declare const toOtlp: ({ body }: Request, limit: number) => Promise<Converted>

export { relay, toOtlp, traceOf, traced }
export type {
  Converted,
  EdgeOptions,
  EnvOf,
  Fetcher,
  Given,
  Handler,
  RelayOptions,
  Trace,
  Wrappable,
  Wrapped,
}
