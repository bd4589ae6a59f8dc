// parts.ts: what a page can do without, each by itself; `start` hands in all of it.

import { crashCopies, type Copies } from './export/copies.ts'
import { createOffset } from './export/offset.ts'
import { createOpenSpans } from './export/open-spans.ts'
import { createTimeline } from './trace/clock.ts'
import { createVisitor, type CreateVisitor } from './visitor.ts'

/** Parts that `startWith` goes without unless they are given; what is not given is not in the bundle. */
export interface Parts {
  /**
   * Sessions, consent that may be pending, Global Privacy Control, limits, device attributes, and
   * quarantine of origins that trace context seems to break. Without it there is no session, and until
   * consent is granted nothing is recorded.
   */
  visitor?: CreateVisitor
  /** Keeps the time line on the wall clock where the machine has slept. */
  timeline?: typeof createTimeline
  /** Tells of spans that have not ended as the page hides, and every 30 s. */
  openSpans?: typeof createOpenSpans
  /** Measures how far the page's clock is from the receiver's. */
  offset?: typeof createOffset
  /** Keeps copies with the platform that survive a crash of the page (fetchLater). */
  copies?: Copies
}

/** Every part there is. */
export const allParts: Required<Parts> = {
  visitor: createVisitor,
  timeline: createTimeline,
  openSpans: createOpenSpans,
  offset: createOffset,
  copies: crashCopies,
}
