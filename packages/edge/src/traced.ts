// traced.ts: a fetch handler that continues traces, and is otherwise as it was.

import { once, type Given } from './given.ts'
import { wrapHandler, type EnvOf, type Wrap, type Wrappable, type Wrapped } from './handler.ts'
import { endServerSpan } from './incoming.ts'
import type { EdgeOptions } from './options.ts'
import { patchFetch } from './patch-fetch.ts'
import { createPipeline } from './pipeline.ts'
import { openStorage, realm } from './realm.ts'
import { beginTrace, type Setup } from './request-trace.ts'
import { nameSpan } from './server-timing.ts'
import type { Storage, Trace } from './trace.ts'

const finish = ({ root }: Trace, response: Response, options: EdgeOptions): Response => {
  try {
    endServerSpan(root, response.status)
    return options.serverTiming === false ? response : nameSpan(response, root)
  } catch {
    root.end()
    return response // whatever that is (Bun's upgrades are undefined): the runtime shall judge
  }
}

const wrap =
  (given: Given<EdgeOptions, unknown>): Wrap =>
  (handler) => {
    const setup = once(given, (options): Setup => ({ options, pipeline: createPipeline(options) }))
    return async (request, ...rest) => {
      const work = () => handler(request, ...rest)
      let begun: { trace: Trace; storage: Storage | null; options: EdgeOptions } | undefined
      try {
        const storage = await openStorage()
        const { traces } = realm()
        const shared = setup(rest[0])
        if (!traces.has(request)) {
          if (storage) patchFetch(storage)
          const trace = beginTrace(shared, storage, request, rest)
          traces.set(request, trace)
          begun = { trace, storage, options: shared.options }
        }
      } catch {
        // whatever we fail at, the handler runs
      }
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

/**
 * Traces a fetch handler, or the `fetch` of an object that has one: continues the trace of each request or
 * begins one, runs the handler within a server span, traces the requests that it makes, and sends the
 * spans after the response. The response is passed on; what the handler throws is recorded and thrown
 * again. Nothing happens before the first request. Never throws by itself.
 * @param options or a function of `env` that gives them.
 */
export function traced<
  It,
  Incoming extends Request,
  Rest extends unknown[],
  Env extends EnvOf<Rest> = EnvOf<Rest>,
>(
  handler: It & Wrappable<Incoming, Rest>,
  options: Given<EdgeOptions, Env>,
): Wrapped<It, Incoming, Rest, Env>
export function traced(
  handler: Wrappable<Request, unknown[]>,
  options: Given<EdgeOptions, unknown>,
): unknown {
  return wrapHandler(handler, wrap(options))
}
