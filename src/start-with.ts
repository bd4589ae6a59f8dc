// start-with.ts: starts with the instrumentations and parts it is given, and what a page needs at least.

import type { Lightspan } from './handle.ts'
import type { BaseOptions } from './options.ts'
import type { Parts } from './parts.ts'
import { plainDelivery, plainTimeline } from './plain-parts.ts'
import { createPlainVisitor } from './plain-visitor.ts'
import { startPage } from './start-page.ts'
import type { Instrumentation } from './trace/instrumentation.ts'

/**
 * Starts Lightspan with just these instrumentations and parts; what is not given is not in the bundle.
 * Outside a page (server rendering, workers) it does nothing, and the handle works on. Never throws.
 */
export const startWith = (
  instrumentations: readonly Instrumentation[],
  options: BaseOptions,
  parts: Parts = {},
): Lightspan =>
  startPage(instrumentations, options, {
    visitor: createPlainVisitor,
    delivery: plainDelivery,
    timeline: plainTimeline,
    ...parts,
  })
