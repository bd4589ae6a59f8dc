// traced.ts: a fetch handler that continues traces, and is otherwise as it was.

import { endServerSpan } from './incoming.ts'
import type { EdgeOptions } from './options.ts'
import { patchFetch } from './patch-fetch.ts'
import { createPipeline } from './pipeline.ts'
import { openStorage, realm } from './realm.ts'
import { beginTrace, type Setup } from './request-trace.ts'
import { nameSpan } from './server-timing.ts'
import type { Storage, Trace } from './trace.ts'

/** A fetch handler. What follows the request (`env`, `ctx`, connection info) is the runtime's own. */
export type Handler<Incoming extends Request, Rest extends unknown[]> = (
  request: Incoming,
  ...rest: Rest
) => Response | Promise<Response>

/** Options, or a function that makes them of `env` (the handler's second argument), once per isolate. */
export type GivenOptions<Env> = EdgeOptions | ((env: Env) => EdgeOptions)

const finish = ({ root }: Trace, response: Response, options: EdgeOptions): Response => {
  try {
    endServerSpan(root, response.status)
    return options.serverTiming === false ? response : nameSpan(response, root)
  } catch {
    return response // whatever that is: the runtime shall judge
  }
}

const tracedFetch = <Incoming extends Request, Rest extends unknown[]>(
  handler: Handler<Incoming, Rest>,
  given: GivenOptions<Rest[0]>,
): ((request: Incoming, ...rest: Rest) => Promise<Response>) => {
  let setup: Setup | undefined
  const prepare = (env: Rest[0]): Setup => {
    const options = typeof given == 'function' ? given(env) : given
    return { options, pipeline: createPipeline(options) }
  }
  return async (request, ...rest) => {
    let begun: { trace: Trace; storage: Storage | null; options: EdgeOptions } | undefined
    try {
      const storage = await openStorage()
      if (storage) patchFetch(storage)
      setup ??= prepare(rest[0])
      const trace = beginTrace(setup, storage, request, rest)
      realm().traces.set(request, trace)
      begun = { trace, storage, options: setup.options }
    } catch {
      // whatever we fail at, the handler runs
    }
    const work = () => handler(request, ...rest)
    if (!begun) return work()
    const { trace, storage, options } = begun
    const { root } = trace
    try {
      const response = await (storage ? storage.run({ trace, span: root }, work) : work())
      return finish(trace, response, options)
    } catch (error) {
      root.recordError(error).end()
      throw error
    }
  }
}

// What else a worker exports (`scheduled`, `queue`) stays, methods of a prototype included, on its own `this`.
const members = (owner: object): [string, unknown][] => {
  const found = new Map<string, unknown>()
  for (
    let it: object | null = owner;
    it && it != Object.prototype;
    it = Object.getPrototypeOf(it) as object | null
  )
    for (const name of Object.getOwnPropertyNames(it))
      if (name != 'constructor' && !found.has(name)) {
        const value = (owner as Record<string, unknown>)[name]
        found.set(name, typeof value == 'function' ? value.bind(owner) : value)
      }
  return [...found]
}

/**
 * Traces a fetch handler, or the `fetch` of an object that has one: continues the trace of each request (or
 * begins one), runs the handler within a server span, traces the requests it makes, and sends the spans after
 * the response. The handler's result is passed on; what it throws is recorded and thrown again.
 * Nothing happens before the first request. Never throws by itself.
 */
export function traced<Incoming extends Request, Rest extends unknown[]>(
  handler: Handler<Incoming, Rest>,
  options: GivenOptions<Rest[0]>,
): (request: Incoming, ...rest: Rest) => Promise<Response>
export function traced<
  Incoming extends Request,
  Rest extends unknown[],
  Worker extends { fetch: Handler<Incoming, Rest> },
>(
  worker: Worker & { fetch: Handler<Incoming, Rest> },
  options: GivenOptions<Rest[0]>,
): Omit<Worker, 'fetch'> & { fetch: (request: Incoming, ...rest: Rest) => Promise<Response> }
export function traced(
  handler: Handler<Request, unknown[]> | { fetch: Handler<Request, unknown[]> },
  options: GivenOptions<unknown>,
): unknown {
  if (typeof handler == 'function') return tracedFetch(handler, options)
  return {
    ...Object.fromEntries(members(handler)),
    fetch: tracedFetch((...args) => handler.fetch(...args), options),
  }
}
