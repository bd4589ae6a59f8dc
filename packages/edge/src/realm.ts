// realm.ts: what all traced handlers of one isolate share, and how to find the trace one is in.

import { idleTrace, type Storage, type Trace } from './trace.ts'

/** One per isolate, whichever copy of this package made it. */
export interface Realm {
  /** Keeps the scope across `await`; `null` where the runtime has nothing that can. */
  storage?: Storage | null
  /** The platform's `fetch`, as it was before it was traced. */
  fetch?: typeof fetch
  traces: WeakMap<object, Trace>
}

/** Made at first use: workers allow little while a module loads, and importing does nothing. */
export const realm = (): Realm =>
  ((globalThis as { [slot: symbol]: Realm | undefined })[Symbol.for('lightspan.edge.1')] ??= {
    traces: new WeakMap(),
  })

interface AsyncHooks {
  AsyncLocalStorage: new () => Storage
}

// No literal in `import`: a bundler that knows no `node:` modules would refuse to build.
const open = async (module = 'node:async_hooks'): Promise<Storage | null> => {
  try {
    const { process } = globalThis as {
      process?: { getBuiltinModule?: (name: string) => AsyncHooks | undefined }
    }
    const { AsyncLocalStorage } =
      process?.getBuiltinModule?.(module) ??
      ((await import(/* @vite-ignore */ /* webpackIgnore: true */ module)) as AsyncHooks)
    return new AsyncLocalStorage()
  } catch {
    return null
  }
}

/** The isolate's storage. Requests that come while the first still looks for it get the same one. */
export const openStorage = async (): Promise<Storage | null> => {
  const shared = realm()
  if (shared.storage === undefined) {
    const found = await open()
    if (shared.storage === undefined) shared.storage = found
  }
  return shared.storage
}

/**
 * The trace that `request` began or, without one, that the caller is in, where the runtime keeps context
 * across `await` (docs/edge.md says which do). Outside any, a trace that records nothing. Never throws.
 */
export const traceOf = (request?: Request): Trace => {
  const { traces, storage } = realm()
  return (request && traces.get(request)) || storage?.getStore()?.trace || idleTrace()
}
