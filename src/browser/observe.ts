// observe.ts: performance entries, where the engine has them.

import { attempt } from './attempt.ts'

/** Whether the engine tells of entries of `type`. */
export const observable = (type: string): boolean =>
  !!globalThis.PerformanceObserver?.supportedEntryTypes?.includes(type)

/**
 * Calls `hear` with entries of these types, a list at a time, also with those from before (`buffered`).
 * @returns the end of it; called with `true` it goes on, and what waits to be told is told at once.
 *   Never throws; absence of a type is normal.
 */
export const observe = (
  types: readonly string[],
  hear: (entries: PerformanceEntry[]) => void,
  options?: PerformanceObserverInit,
): ((take?: boolean) => void) => {
  const known = types.filter(observable)
  if (!known[0]) return () => {}
  const observer = new PerformanceObserver((list) => attempt(() => hear(list.getEntries())))
  for (const type of known) observer.observe({ type, buffered: true, ...options })
  return (take) => (take ? hear(observer.takeRecords()) : observer.disconnect())
}
