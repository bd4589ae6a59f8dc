// patch-fetch.ts: `globalThis.fetch`, traced for whoever calls it within a traced request.

import type { Call } from './outgoing.ts'
import { realm } from './realm.ts'
import type { Storage } from './trace.ts'

/** The platform's own `fetch`, called on its owner: workers refuse it any other `this`. */
export const callPlatform: Call = (...args) =>
  (realm().fetch ?? globalThis.fetch).apply(globalThis, args)

/**
 * Traces `globalThis.fetch`, once per isolate. Outside a traced request it passes everything on. Never
 * undone: a worker does not stop, it is thrown away.
 */
export const patchFetch = (storage: Storage): void => {
  const shared = realm()
  if (shared.fetch) return
  const native = globalThis.fetch
  const ours: Call = (...args) => (storage.getStore()?.trace.fetch ?? callPlatform)(...args)
  // Name, length, and what runtimes add (Bun's `preconnect`).
  Object.defineProperties(ours, Object.getOwnPropertyDescriptors(native))
  shared.fetch = native
  globalThis.fetch = ours
}
