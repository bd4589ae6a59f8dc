// trace.ts: one request's trace, as the handler holds it.

import {
  createTracer,
  createWithSpan,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
  type WithSpan,
} from 'lightspan/core'

/** What has a `fetch`: a service binding, a Durable Object's stub, an agent. */
export interface Fetcher {
  fetch: (...args: never[]) => Promise<unknown>
}

/** The trace of one request. No method throws, but for what the application's own `work` throws. */
export interface Trace {
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

/** What is kept across `await`. */
export interface Scope {
  trace: Trace
  span: Span
}

/** `AsyncLocalStorage`, as far as it is needed. */
export interface Storage {
  getStore: () => Scope | undefined
  run: <Result>(scope: Scope | undefined, work: () => Result) => Result
}

/** The context of one request, and the trace it has been given. */
export interface RequestContext extends Context {
  enter: (trace: Trace) => void
}

/**
 * Without storage a span is active in the synchronous part of its work only. After an `await` the root is:
 * an ancestor always, and never a span of another request.
 */
export const createRequestContext = (storage: Storage | null): RequestContext => {
  let own: Trace | undefined
  let current: Span | undefined
  return {
    enter: (trace) => {
      own = trace
      current = trace.root
    },
    active: () => {
      const scope = storage?.getStore()
      // Another request's scope, where the application keeps a trace beyond its request.
      return scope && scope.trace == own ? scope.span : current
    },
    run: (span, work) => {
      if (storage && own) return storage.run({ trace: own, span: span || own.root }, work)
      const before = current
      current = span
      try {
        return work()
      } finally {
        current = before
      }
    },
  }
}

/** Gives a tracer the form that handlers use. */
export const createTrace = (
  tracer: Tracer,
  root: Span,
  { fetch, via }: Pick<Trace, 'fetch' | 'via'>,
): Trace => ({
  root,
  active: () => tracer.active() || root,
  span: createWithSpan(tracer),
  startSpan: tracer.start,
  route: (template) => {
    const method = root.name.split(' ')[0]!
    root.setName(`${method} ${template}`).setAttribute('http.route', template)
  },
  fetch,
  via,
})

/** A trace that records nothing and changes no request: for code that runs outside any request. */
export const idleTrace = (): Trace => {
  const tracer = createTracer({
    clock: { origin: 0, now: () => 0 },
    random: (bytes) => '0'.repeat(bytes * 2),
    context: createRequestContext(null),
    sample: 0,
    onEnd: () => {},
  })
  return createTrace(tracer, tracer.start('idle'), {
    fetch: (...args) => globalThis.fetch(...args),
    via: (binding) => binding,
  })
}
