// parts.ts: what a page can do without, each by itself; `start` hands in all of it.

import { readAnswer } from './export/answer.ts'
import { crashCopies, type Copies } from './export/copies.ts'
import { createExporter } from './export/exporter.ts'
import { createOpenSpans } from './export/open-spans.ts'
import { createTimeline } from './trace/clock.ts'
import type { Slot, StackContext } from './trace/context.ts'
import { createSampler } from './trace/sampling.ts'
import { setTiming } from './trace/timing.ts'
import { createVisitor, type CreateVisitor } from './visitor.ts'
import { createIds } from './wire/ids.ts'

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
  /** Keeps copies with the platform that survive a crash of the page (fetchLater). */
  copies?: Copies
  /**
   * Tries again what was not taken, and measures how far the page's clock is from the receiver's. Without it
   * each batch is sent once, and the loss is counted.
   */
  delivery?: Delivery
  /** Ids that need no place in a compact batch. */
  ids?: typeof createIds
  /**
   * Sampling by rules, by session and by what the receiver asks for, with the share told in trace state.
   * Without it `sample` is a number.
   */
  sampler?: typeof createSampler
  /** Size, protocol, phases and server's timing of each request. */
  timing?: typeof setTiming
  /** Keeps the active span elsewhere than in the page's slot: `nativeContext`, where there is AsyncContext. */
  context?: (slot?: Slot) => StackContext
}

/** What lets no span go for a refusal that may pass. */
export type Delivery = readonly [exporter: typeof createExporter, read: typeof readAnswer]

/** Sends again, at a pace that spares the receiver, and hears what that asks for. */
export const patientDelivery: Delivery = [createExporter, readAnswer]

/** Every part there is. */
export const allParts: Required<Omit<Parts, 'context'>> = {
  visitor: createVisitor,
  timeline: createTimeline,
  openSpans: createOpenSpans,
  delivery: patientDelivery,
  ids: createIds,
  timing: setTiming,
  sampler: createSampler,
  copies: crashCopies,
}
