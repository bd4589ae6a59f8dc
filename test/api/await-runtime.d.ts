// Public API, made by `npm run api`. A change here is a change for users: see CONTRIBUTING.md.

/**
 * The one context slot of a page. The SDK and every transformed bundle meet in it, whatever their
 * number and versions, so its shape may only change together with its name.
 */
interface Slot {
  current: unknown
}
/** One run of a function that can suspend. */
interface Frame {
  /** The context that it runs in. */
  o: unknown
  /** What its current segment will give back; 0 while it is suspended. */
  s: unknown
}
/** Begins an async function: it runs in its caller's context until it first suspends. */
declare const begin: () => Frame
/** Begins a module: what it does after a top-level await belongs to nobody. */
declare const top: () => Frame
/** Creates a generator, which is suspended from its start. */
declare const create: () => Frame
/** A suspension is over, and a segment begins. Passes `value` on. */
declare const enter: (frame: Frame, value?: unknown) => unknown
/** A segment begins, if it has not already: where a throw or an exit may have led. */
declare const resume: (frame: Frame) => void
/** A segment ends, if it has not already: gives back what was active before it. Passes `value` on. */
declare const pause: (frame: Frame, value?: unknown) => unknown
/**
 * The engine calls a thenable's `then` in a job of its own, where nothing is active. What this
 * returns for one calls it in the context of now; anything else is returned as it is.
 */
declare const adopt: (value: unknown) => unknown
/** Ends a segment at an `await`, which is always within one: it need not ask, which a loop of awaits feels. */
declare const suspend: (frame: Frame, value?: unknown) => unknown
/** What `yield*` of a generator delegates to. */
declare const delegate: (
  frame: Frame,
  iterable: object,
  answer?: (value: unknown) => unknown,
) => unknown
/** What `for await` goes through, and `yield*` of an async generator delegates to. */
declare const iterate: (frame: Frame, iterable: object) => unknown
/**
 * What `await using` disposes of in place of `resource`, or, by `Symbol.dispose`, a `using` beside it.
 * Throws a TypeError where it cannot.
 */
declare const dispose: (frame: Frame, resource: unknown, key?: symbol) => unknown

export { adopt, begin, create, delegate, dispose, enter, iterate, pause, resume, suspend, top }
export type { Slot }
