// more.ts: the second script file: what is opt-in, for pages that load Lightspan by script tag.

import { frustrationSpans } from './instrument/frustration.ts'
import { longFrames } from './instrument/long-frames.ts'
import { reportSpans } from './instrument/reports.ts'
import { resourceSpans } from './instrument/resources.ts'
import { userTiming } from './instrument/user-timing.ts'

// To be loaded after the first file: `lightspan.use(lightspan.longFrames())`.
Object.assign((globalThis as { lightspan?: object }).lightspan || {}, {
  frustrationSpans,
  longFrames,
  reportSpans,
  resourceSpans,
  userTiming,
})
