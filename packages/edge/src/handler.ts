// handler.ts: what is wrapped: a fetch handler, or the object that has one.

/** A fetch handler. What follows the request (`env`, `ctx`, connection info) is the runtime's own. */
export type Handler<Incoming extends Request, Rest extends unknown[]> = (
  request: Incoming,
  ...rest: Rest
) => Response | Promise<Response>

/** What can be wrapped: a fetch handler, or an object that has one, such as a module worker. */
export type Wrappable<Incoming extends Request, Rest extends unknown[]> =
  Handler<Incoming, Rest> | { fetch: Handler<Incoming, Rest> }

/** `env` as a handler declares it. Of one that declares none it is `unknown`: the options may say what it is. */
export type EnvOf<Rest extends unknown[]> = Rest extends [infer Env, ...unknown[]] ? Env : unknown

// A handler that has no use for `env` is called with it all the same where the options are made of it.
type WrappedHandler<Incoming extends Request, Rest extends unknown[], Env> = (
  request: Incoming,
  ...rest: Rest extends [] ? (unknown extends Env ? [] : [env: Env]) : Rest
) => Promise<Response>

/** What has been wrapped: a handler, or the object with its `fetch` wrapped and all else as it was. */
export type Wrapped<It, Incoming extends Request, Rest extends unknown[], Env> = It extends {
  fetch: unknown
}
  ? Omit<It, 'fetch'> & { fetch: WrappedHandler<Incoming, Rest, Env> }
  : WrappedHandler<Incoming, Rest, Env>

/** What wraps a handler. */
export type Wrap = (
  handler: Handler<Request, unknown[]>,
) => (request: Request, ...rest: unknown[]) => Promise<Response>

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
export const wrapHandler = (handler: Wrappable<Request, unknown[]>, wrap: Wrap): unknown =>
  typeof handler == 'function'
    ? wrap(handler)
    : { ...others(handler), fetch: wrap((...args) => handler.fetch(...args)) }
