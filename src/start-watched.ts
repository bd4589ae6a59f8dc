// start-watched.ts: starts with a watch over what Lightspan costs the page.

import type { Lightspan } from './handle.ts'
import type { BaseOptions } from './options.ts'
import { createOverhead, type Overhead, type OverheadOptions } from './overhead.ts'
import { startPage, type CompleteParts } from './start-page.ts'
import type { Instrumentation } from './trace/instrumentation.ts'

/** A running Lightspan that knows what it costs. */
export interface WatchedLightspan extends Lightspan {
  /** What it has cost so far, and what it leaves out. Never throws. */
  overhead: () => Overhead
}

/**
 * As `startWith`, but watches what Lightspan takes of the main thread and sends, tells it on each batch, and leaves
 * detail out where that is over the budget (docs/performance.md). Needs the parts `visitor`, `delivery` and `timeline`; without
 * `sampler` the share of traces stays as it is. Outside a page it does nothing. Never throws.
 */
export const startWatched = (
  instrumentations: readonly Instrumentation[],
  { overhead: limits, ...options }: BaseOptions & { overhead?: OverheadOptions | undefined },
  parts: CompleteParts,
): WatchedLightspan => {
  const { around, overhead, ...watch } = createOverhead(limits)
  return { ...startPage(around(instrumentations), options, watch.parts(parts)), overhead }
}
