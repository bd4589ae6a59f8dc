// development.ts: the front door of development builds: the same, with warnings of misuse in the console.

import { watchStart } from './development/watch-start.ts'
import type { Lightspan } from './handle.ts'
import type { BaseOptions } from './options.ts'
import type { OverheadOptions } from './overhead.ts'
import type { Parts } from './parts.ts'
import type { CompleteParts } from './start-page.ts'
import { startWatched as plainWatched, type WatchedLightspan } from './start-watched.ts'
import { startWith as plainWith } from './start-with.ts'
import type { Instrumentation } from './trace/instrumentation.ts'

export * from './index.ts'
export { start } from './development/start.ts'

/** As `startWith`, with warnings in the console where it, the handle or a span is misused. */
export const startWith = (
  instrumentations: readonly Instrumentation[],
  options: BaseOptions,
  parts: Parts = {},
): Lightspan =>
  watchStart({
    at: 'startWith()',
    options,
    instrumentations,
    parts,
    start: (given, watched = instrumentations) => plainWith(watched, given, parts),
  })

/** As `startWatched`, with warnings in the console where it, the handle or a span is misused. */
export const startWatched = (
  instrumentations: readonly Instrumentation[],
  options: BaseOptions & { overhead?: OverheadOptions | undefined },
  parts: CompleteParts,
): WatchedLightspan =>
  watchStart({
    at: 'startWatched()',
    options,
    more: 'overhead',
    instrumentations,
    parts,
    start: (given, watched = instrumentations) => plainWatched(watched, given, parts),
  })
