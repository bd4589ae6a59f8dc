// overhead.ts: what Lightspan costs the page, and what it leaves out where that is too much.

import { byteSize } from './browser/byte-size.ts'
import { patch } from './browser/patch.ts'
import type { ExporterParts } from './export/exporter.ts'
import type { CompleteParts } from './start-page.ts'
import type { Instrumentation } from './trace/instrumentation.ts'
import type { Span } from './trace/span.ts'
import type { CreateVisitor } from './visitor.ts'

/** What Lightspan has cost. */
export interface Overhead {
  /** Share of the main thread's time that it took in the last window, 0..1; before that, since the start. */
  share: number
  /** Main-thread time since the start, in ms. */
  ms: number
  /** Bytes of bodies since the start. */
  bytes: number
  /** What is left out now, in the order in which it was given up. */
  shed: readonly Shed[]
}

/** What can be left out; the last one more than once. */
export type Shed = 'phases' | 'details' | 'interactions' | 'traces'

/** How the watch watches. */
export interface OverheadOptions {
  /** Share of the main thread's time that Lightspan may take, 0..1. Default 0.01. */
  budget?: number | undefined
  /** How long it is measured before anything changes, in ms. Default 10,000. */
  window?: number | undefined
  /** One call in so many is measured, and stands for the others. Default 16. */
  every?: number | undefined
  /** Clock, in ms, and chance, 0..1; for tests. */
  now?: () => number
  random?: () => number
}

const order: readonly Shed[] = ['phases', 'details', 'interactions', 'traces']

/** How often the share of recorded traces is halved at most. */
const mostHalvings = 4

const mostLevel = order.length - 1 + mostHalvings

// Clocks are coarse: a call shorter than their step takes 0 or a whole one, but the sum of many is right.
const createMeter = ({
  budget = 0.01,
  window = 10_000,
  every = 16,
  now = () => performance.now(),
  random = Math.random,
}: OverheadOptions) => {
  const begun = now()
  let total = 0
  let since = begun
  let before = 0
  let share: number | undefined
  let level = 0
  let busy = false

  const judge = (time: number) => {
    if (time - since < window) return
    share = (total - before) / (time - since)
    if (share > budget) level = Math.min(level + 1, mostLevel)
    else if (share < budget / 2) level = Math.max(level - 1, 0)
    since = time
    before = total
  }
  const measure = <Result>(work: () => Result, standsFor = 1): Result => {
    if (busy) return work()
    busy = true
    const start = now()
    try {
      return work()
    } finally {
      busy = false
      const time = now()
      total += (time - start) * standsFor
      judge(time)
    }
  }
  return {
    /** Measures each call. */
    measure,
    /** Measures one call in `every`. */
    sample: <Result>(work: () => Result): Result =>
      random() * every < 1 ? measure(work, every) : work(),
    level: () => level,
    read: () => ({ share: share ?? total / Math.max(now() - begun, 1), ms: total }),
  }
}

// The same span, but nothing is noted on it as an event.
const withoutEvents = (span: Span): Span => {
  const quiet = Object.create(span, { addEvent: { value: () => quiet } }) as Span
  return quiet
}

const isDetail = ({ attributes }: Span) =>
  'lightspan.resource.type' in attributes ||
  'lightspan.frame.blocking_duration' in attributes ||
  'lightspan.script.position' in attributes

const isIdleInteraction = ({ attributes, children, events }: Span) =>
  'lightspan.interaction.processing_duration' in attributes && !children && !events.length

type Meter = ReturnType<typeof createMeter>

// The visitor counts what is left out, and says what all of it costs.
const watchVisitor =
  ({ level, sample }: Meter, overhead: () => Overhead, create: CreateVisitor): CreateVisitor =>
  (settings, clock, add, lose) => {
    const inner = create(settings, clock, add, lose)
    const leftOut = (span: Span) =>
      level() > 1 && (isDetail(span) || (level() > 2 && isIdleInteraction(span)))
    return {
      ...inner,
      pass: (span) => {
        if (leftOut(span as Span)) lose('overhead')
        else sample(() => inner.pass(span))
      },
      resource: () => {
        const { share, ms, bytes, shed } = overhead()
        return {
          ...inner.resource?.(),
          'lightspan.overhead.share': +share.toFixed(5),
          'lightspan.overhead.duration': +ms.toFixed(1),
          'lightspan.overhead.bytes': bytes,
          'lightspan.overhead.shed': shed[0] && [...shed],
        }
      },
    }
  }

const watchSending = (
  { measure }: Meter,
  count: (bytes: number) => void,
  { encode, transport, ...rest }: ExporterParts,
): ExporterParts => ({
  ...rest,
  encode: (...args) => measure(() => encode(...args)),
  transport: {
    ...transport,
    post: (body) => {
      count(byteSize(body) || 0)
      return measure(() => transport.post(body))
    },
    leave: (body) => {
      const taken = measure(() => transport.leave(body))
      if (taken) count(byteSize(body) || 0)
      return taken
    },
  },
})

const watchCalls =
  ({ sample }: Meter): Instrumentation =>
  (tracer) => {
    const undo = [
      patch(
        tracer,
        'start',
        (original) =>
          (...args) =>
            sample(() => original(...args)),
      ),
      patch(
        tracer,
        'headers',
        (original) =>
          (...args) =>
            sample(() => original(...args)),
      ),
    ]
    return () => undo.forEach((each) => each())
  }

/**
 * Watches what Lightspan takes of the main thread: starting and ending spans, headers, encoding, sending, and the
 * installation of what observes; and how many bytes it sends. Over the budget it leaves out one thing more after
 * each window, below half of it one less: first the phases of requests; then the spans of resources, long frames and
 * their scripts; then interactions that caused nothing; last, again and again, half of the traces.
 * @returns parts and instrumentations around those that it is given, and what reads it.
 */
export const createOverhead = (options: OverheadOptions = {}) => {
  const meter = createMeter(options)
  const { measure, sample, level } = meter
  let bytes = 0

  const overhead = (): Overhead => ({ ...meter.read(), bytes, shed: order.slice(0, level()) })
  const count = (more: number) => void (bytes += more)
  const parts = <Given extends CompleteParts>(given: Given): Given => {
    const { sampler, timing } = given
    const [exporter, read] = given.delivery
    return {
      ...given,
      visitor: watchVisitor(meter, overhead, given.visitor),
      delivery: [(it) => exporter(watchSending(meter, count, it)), read],
      ...(sampler && {
        sampler: (rate, randomness) =>
          sampler(
            (root) =>
              (typeof rate == 'function' ? rate(root) : rate) *
              2 ** Math.min(0, order.length - 1 - level()),
            randomness,
          ),
      }),
      ...(timing && {
        timing: (span, entry) => sample(() => timing(level() ? withoutEvents(span) : span, entry)),
      }),
    } satisfies CompleteParts
  }
  const around = (all: readonly Instrumentation[]): Instrumentation[] => [
    watchCalls(meter),
    ...all.map(
      (install): Instrumentation =>
        (tracer) =>
          measure(() => install(tracer)),
    ),
  ]
  return { parts, around, overhead }
}
