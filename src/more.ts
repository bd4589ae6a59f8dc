// more.ts: the second script file: what is opt-in, for pages that load Lightspan by script tag.

import { addEvent } from './add-event.ts'
import { featureFlag, flagHook } from './feature-flag.ts'
import { beaconSpans } from './instrument/beacon.ts'
import { consoleErrors } from './instrument/console-errors.ts'
import { eventSourceSpans } from './instrument/event-source.ts'
import { frustrationSpans } from './instrument/frustration.ts'
import { graphqlOperations } from './instrument/graphql.ts'
import { lifecycleSpans } from './instrument/lifecycle.ts'
import { longFrames } from './instrument/long-frames.ts'
import { reportSpans } from './instrument/reports.ts'
import { resourceSpans } from './instrument/resources.ts'
import { streamSpans } from './instrument/streams.ts'
import { tailSampling } from './instrument/tail.ts'
import { userTiming } from './instrument/user-timing.ts'
import { webSocketSpans } from './instrument/web-socket.ts'
import { webTransportSpans } from './instrument/web-transport.ts'
import { offlineSpans } from './offline.ts'
import { sharedStore } from './session/shared-store.ts'
import { watchStart, type Started, type WatchedOptions } from './watch-start.ts'

const page = (globalThis as { lightspan?: Started }).lightspan

// To be loaded after the first file: `lightspan.use(lightspan.longFrames())`.
Object.assign(page || {}, {
  addEvent,
  beaconSpans,
  consoleErrors,
  eventSourceSpans,
  featureFlag,
  flagHook,
  frustrationSpans,
  graphqlOperations,
  lifecycleSpans,
  longFrames,
  offlineSpans,
  reportSpans,
  resourceSpans,
  sharedStore,
  startWatched: (options: WatchedOptions) => watchStart(page!, options),
  streamSpans,
  tailSampling,
  userTiming,
  webSocketSpans,
  webTransportSpans,
})
