// Public API, made by `npm run api`. A change here is a change for users: see CONTRIBUTING.md.

/** Any function. */
type Callback = (this: unknown, ...args: never[]) => unknown
/**
 * Binds `work` to the context of now: for queues, event buses and pools of an application's own, which
 * call a function later on behalf of who gave it. Never throws but what `work` throws.
 */
declare const bind: <Work extends Callback>(work: Work) => Work

/**
 * Keeps the active span over timers, microtasks, promise reactions, observers, messages, and the events
 * of requests. Give it to `startWith` as an instrumentation, before the others, or call it twice:
 * `const undo = asyncContext()()`. Outside a page it does nothing. Never throws.
 */
declare const asyncContext: () => () => () => void

export { asyncContext, bind }
