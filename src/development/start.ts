// start.ts: `start` of development builds.

import type { Lightspan } from '../handle.ts'
import type { Options } from '../options.ts'
import { start as plain } from '../start.ts'
import { watchStart } from './watch-start.ts'

/** As `start`, with warnings in the console where it, the handle or a span is misused. */
export const start = (options: Options): Lightspan =>
  watchStart({
    at: 'start()',
    options,
    more: 'format',
    instrumentations: (options as Options | undefined)?.instrumentations,
    start: (given, instrumentations) =>
      plain(instrumentations ? { ...given, instrumentations } : given),
  })
