// watch-start.ts: `startWatched` for the script tag, around what the first file carries.

import type { Options } from './options.ts'
import { createOverhead, type OverheadOptions } from './overhead.ts'
import type { Lightspan } from './handle.ts'
import type { CompleteParts } from './start-page.ts'
import type { WatchedLightspan } from './start-watched.ts'
import type { Instrumentation } from './trace/instrumentation.ts'

/** What is needed of the first file. */
export interface Started {
  start: (options: Options) => Lightspan
  everything: () => Instrumentation[]
  allParts: CompleteParts
}

/** Options of `lightspan.startWatched`. */
export interface WatchedOptions extends Options {
  overhead?: OverheadOptions | undefined
}

/**
 * Starts as `page.start` does, with a watch over what Lightspan costs the page, which the global tells from then on
 * by `overhead()`. Never throws.
 */
export const watchStart = (
  page: Started,
  { overhead: limits, instrumentations = page.everything(), ...options }: WatchedOptions,
): WatchedLightspan => {
  const { around, overhead, parts } = createOverhead(limits)
  const { allParts } = page
  const before = { ...allParts }
  // Another `start` gets what it got before: the parts are asked for as it runs, and not later.
  Object.assign(allParts, parts(before))
  const started = page.start({ ...options, instrumentations: around(instrumentations) })
  Object.assign(allParts, before)
  return Object.assign(started, { overhead })
}
