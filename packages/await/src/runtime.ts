// runtime.ts: what transformed code calls: it keeps the active context over every suspension.

/**
 * The one context slot of a page. The SDK and every transformed bundle meet in it, whatever their
 * number and versions, so its shape may only change together with its name.
 */
export interface Slot {
  current: unknown
}

/** One run of a function that can suspend. */
interface Frame {
  /** The context that it runs in. */
  o: unknown
  /** What its current segment will give back; 0 while it is suspended. */
  s: unknown
}

type Method = (...args: unknown[]) => unknown
type Keyed = Record<PropertyKey, unknown>

// eslint-disable-next-line no-restricted-syntax -- a look-up per await would be too slow
const slot: Slot = ((globalThis as Keyed)[Symbol.for('lightspan.context.v1')] ??= {}) as Slot

/** Begins an async function: it runs in its caller's context until it first suspends. */
export const begin = (): Frame => ({ o: slot.current, s: slot.current })

/** Begins a module: what it does after a top-level await belongs to nobody. */
export const top = (): Frame => ({ o: undefined, s: slot.current })

/** Creates a generator, which is suspended from its start. */
export const create = (): Frame => ({ o: slot.current, s: 0 })

/** A suspension is over, and a segment begins. Passes `value` on. */
export const enter = (frame: Frame, value?: unknown): unknown => {
  frame.s = slot.current
  slot.current = frame.o
  return value
}

/** A segment begins, if it has not already: where a throw or an exit may have led. */
export const resume = (frame: Frame): void => {
  if (frame.s === 0) enter(frame)
}

/** A segment ends, if it has not already: gives back what was active before it. Passes `value` on. */
export const pause = (frame: Frame, value?: unknown): unknown => {
  if (frame.s !== 0) {
    slot.current = frame.s
    frame.s = 0
  }
  return value
}

// A call that the engine makes on behalf of a suspended run is a segment of it. However it ends, the
// run counts as suspended after it: what follows resumes it before anything else.
const step = (
  frame: Frame,
  method: unknown,
  self: unknown,
  answer: (result: unknown) => unknown,
): Method => {
  const call = (method as Method).bind(self)
  return (...args) => {
    resume(frame)
    try {
      return answer(call(...args))
    } finally {
      pause(frame)
    }
  }
}

const same = (value: unknown) => value

const adoptOther = (value: unknown): unknown => {
  try {
    const then = (value as Keyed | undefined)?.then
    if (typeof then == 'function' && value === Object(value))
      return { then: step(create(), then, value, same) }
  } catch {
    // the engine's own look fails as well, and it knows whom to tell
  }
  return value
}

/**
 * The engine calls a thenable's `then` in a job of its own, where nothing is active. What this
 * returns for one calls it in the context of now; anything else is returned as it is.
 */
export const adopt = (value: unknown): unknown =>
  // This runs at every await: the promises of the engine, which most are, are told apart first, as the
  // engine does it.
  value instanceof Promise && value.constructor === Promise ? value : adoptOther(value)

/** Ends a segment at an `await`, which is always within one: it need not ask, which a loop of awaits feels. */
export const suspend = (frame: Frame, value?: unknown): unknown => {
  value = adopt(value)
  slot.current = frame.s
  frame.s = 0
  return value
}

// An iterator that the engine drives for us: each call is a segment of the function around it.
const drive = (frame: Frame, iterable: Keyed, key: symbol, answer = adopt) => {
  const iterator = (iterable[key] as () => Keyed)()
  const look = (name: string) => {
    const method = iterator[name]
    // Where there is none, the engine may await all the same.
    return method == null ? pause(frame) : step(frame, method, iterator, answer)
  }
  const driven = {
    next: look('next'),
    get return() {
      return look('return')
    },
    get throw() {
      return look('throw')
    },
    [key]: () => driven,
  }
  return driven
}

/** What `yield*` of a generator delegates to. */
export const delegate = (frame: Frame, iterable: object, answer = same): unknown =>
  drive(frame, iterable as Keyed, Symbol.iterator, answer)

// The engine makes an iterator that is not async one that is, and awaits its values.
const adoptValue = (result: unknown) =>
  result === Object(result) && {
    done: (result as IteratorResult<unknown>).done,
    value: adopt((result as IteratorResult<unknown>).value),
  }

/** What `for await` goes through, and `yield*` of an async generator delegates to. */
export const iterate = (frame: Frame, iterable: object): unknown =>
  (iterable as Keyed)[Symbol.asyncIterator]
    ? drive(frame, iterable as Keyed, Symbol.asyncIterator)
    : delegate(frame, iterable, adoptValue)

/**
 * What `await using` disposes of in place of `resource`, or, by `Symbol.dispose`, a `using` beside it.
 * Throws a TypeError where it cannot.
 */
export const dispose = (
  frame: Frame,
  resource: unknown,
  key: symbol = Symbol.asyncDispose,
): unknown => {
  const of = (resource ?? { [key]: () => {} }) as Keyed
  const method = of[key]
  // Only what an async method returns is awaited.
  return { [key]: step(frame, method ?? of[Symbol.dispose], of, method ? adopt : () => {}) }
}
