// handler.ts: what is wrapped: a fetch handler, or the object that has one.

/** A fetch handler. What follows the request (`env`, `ctx`, connection info) is the runtime's own. */
export type Handler<Incoming extends Request, Rest extends unknown[]> = (
  request: Incoming,
  ...rest: Rest
) => Response | Promise<Response>

/** `env` as a handler declares it. One that declares none leaves it to the options to say what it is. */
export type EnvOf<Rest extends unknown[]> = Rest extends [infer Env, ...unknown[]] ? Env : never

/** A handler that has been wrapped. */
export type Wrapped<Incoming extends Request, Rest extends unknown[]> = (
  request: Incoming,
  ...rest: Rest
) => Promise<Response>

/** An object with a fetch handler, such as a module worker, its `fetch` wrapped. */
export type WrappedWorker<Worker, Incoming extends Request, Rest extends unknown[]> = Omit<
  Worker,
  'fetch'
> & { fetch: Wrapped<Incoming, Rest> }

// What else a worker exports (`scheduled`, `queue`) stays, methods of a prototype included, and has the
// `this` that it was written for.
const others = (owner: object): Record<string, unknown> => {
  const found: Record<string, unknown> = {}
  const values = owner as Record<string, unknown>
  for (
    let it: object | null = owner;
    it && it != Object.prototype;
    it = Object.getPrototypeOf(it) as object | null
  )
    for (const name of Object.getOwnPropertyNames(it))
      if (name != 'constructor' && name != 'fetch')
        found[name] ??= typeof values[name] == 'function' ? values[name].bind(owner) : values[name]
  return found
}

/** Wraps a handler with `wrap`, wherever it is. */
export const wrapHandler = (
  handler: Handler<Request, unknown[]> | { fetch: Handler<Request, unknown[]> },
  wrap: (handler: Handler<Request, unknown[]>) => Wrapped<Request, unknown[]>,
): unknown =>
  typeof handler == 'function'
    ? wrap(handler)
    : { ...others(handler), fetch: wrap((...args) => handler.fetch(...args)) }
