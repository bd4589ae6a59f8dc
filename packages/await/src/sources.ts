// sources.ts: the opt-in part: callbacks of the platform keep their context as awaits do.

import { patchCallbacks } from './sources/callbacks.ts'
import { patchEvents } from './sources/events.ts'
import { patchPromises } from './sources/promises.ts'

export { bind } from './bind.ts'

/**
 * Keeps the active span over timers, microtasks, promise reactions, observers, messages, and the events
 * of requests. Give it to `startWith` as an instrumentation, before the others, or call it twice:
 * `const undo = asyncContext()()`. Outside a page it does nothing. Never throws.
 */
export const asyncContext = () => (): (() => void) => {
  if (typeof document == 'undefined' && typeof WorkerGlobalScope == 'undefined') return () => {}
  // Lightspan guesses where nobody knows.
  const slot = ((globalThis as { [key: symbol]: { kept?: number } | undefined })[
    Symbol.for('lightspan.context.v1')
  ] ??= {})
  slot.kept = (slot.kept || 0) + 1
  const undo = [...patchCallbacks(), ...patchPromises(), ...patchEvents()]
  return () => {
    slot.kept!--
    undo.reverse().forEach((end) => end())
  }
}

declare const WorkerGlobalScope: unknown
