// made-up-engine.ts: performance entries of an engine that a test makes up.

import { vi } from 'vitest'

/**
 * Puts an engine in the place of happy-dom's until `vi.unstubAllGlobals`.
 * @param types the types of entry that it knows.
 * @returns what tells of an entry of a type to all who observe that.
 */
export const makeUpEngine = (types: readonly string[]) => {
  const hear: Record<string, ((entry: object) => void)[]> = {}
  vi.stubGlobal(
    'PerformanceObserver',
    class {
      static supportedEntryTypes = types
      hear: (list: object) => void
      constructor(hear: (list: object) => void) {
        this.hear = hear
      }
      observe({ type }: { type: string }) {
        ;(hear[type] ??= []).push((entry) => this.hear({ getEntries: () => [entry] }))
      }
      takeRecords = () => []
      disconnect = () => {}
    },
  )
  vi.stubGlobal('navigator', { userAgent: 'test', language: 'en', sendBeacon: () => true })
  return (type: string, entry: object) => {
    for (const each of hear[type] ?? []) each({ entryType: type, duration: 0, ...entry })
  }
}
