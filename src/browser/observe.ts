// observe.ts: performance entries of one type, where the engine has them.

/**
 * Calls `each` for every entry of `type`, also for those from before (`buffered`).
 * @returns the end of it. Never throws; absence of a type is normal.
 */
export const observe = (
  type: string,
  each: (entry: PerformanceEntry) => void,
  options: PerformanceObserverInit = {},
): (() => void) => {
  if (!globalThis.PerformanceObserver?.supportedEntryTypes?.includes(type)) return () => {}
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(each))
  observer.observe({ type, buffered: true, ...options })
  return () => observer.disconnect()
}
