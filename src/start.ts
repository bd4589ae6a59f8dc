// start.ts: everything at once: all instrumentations, both formats.

import type { Lightspan } from './handle.ts'
import { errorSpans } from './instrument/errors.ts'
import { fetchSpans } from './instrument/fetch.ts'
import { inferredContext } from './instrument/guess.ts'
import { interactionSpans } from './instrument/interaction.ts'
import { loadSpans } from './instrument/load.ts'
import { navigationSpans, type NavigationOptions } from './instrument/navigation.ts'
import { webVitals } from './instrument/vitals.ts'
import { xhrSpans } from './instrument/xhr.ts'
import type { Options } from './options.ts'
import { allParts } from './parts.ts'
import { startPage } from './start-page.ts'
import type { Instrumentation } from './trace/instrumentation.ts'
import { encodeOtlp } from './wire/otlp.ts'

/** All instrumentations, in the order in which they should start; `route` as `navigationSpans` takes it. */
export const everything = (options?: NavigationOptions): Instrumentation[] => [
  loadSpans(),
  interactionSpans(),
  navigationSpans(options),
  fetchSpans(),
  xhrSpans(),
  errorSpans(),
  webVitals(),
  inferredContext(),
]

/**
 * Starts Lightspan in this page.
 * Outside a page (server rendering, workers) it does nothing, and the handle works on. Never throws.
 */
export const start: (options: Options) => Lightspan = (
  {
    format,
    encode = format == 'otlp' ? encodeOtlp : undefined,
    instrumentations = everything(),
    ...options
  } = {} as Options,
) => startPage(instrumentations, { ...options, encode }, allParts)
