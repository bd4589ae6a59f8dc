// start-with.ts: builds the parts for the instrumentations it is given, and nothing else.

import { onLeave } from './browser/listen.ts'
import { createOpenSpans } from './export/open-spans.ts'
import { createHandle, type Lightspan } from './handle.ts'
import type { BaseOptions } from './options.ts'
import { createQuarantine } from './propagate/quarantine.ts'
import { createPageExporter } from './page-exporter.ts'
import { mayPropagate } from './propagate/targets.ts'
import { createTimeline, platformClock } from './trace/clock.ts'
import { createStackContext, sharedSlot } from './trace/context.ts'
import type { Instrumentation, PageTracer } from './trace/instrumentation.ts'
import type { SpanRecord } from './trace/record.ts'
import { createSampler } from './trace/sampling.ts'
import type { Span } from './trace/span.ts'
import { createTracer } from './trace/tracer.ts'
import { createVisitor } from './visitor.ts'
import { createIds } from './wire/ids.ts'

/** Spans of servers that a tab remembers to have joined. */
const mostClaimed = 20

/** A handle that records nothing: for where there is no page, and before `start`. */
export const idle = () =>
  createHandle(
    createTracer({
      clock: platformClock(),
      random: (bytes) => '0'.repeat(bytes * 2),
      context: createStackContext(),
      sample: 0,
      onEnd: () => {},
    }),
    { flush: async () => {}, stop: () => {}, setConsent: () => {}, setAttributes: () => {} },
  )

/**
 * Starts Lightspan with just these instrumentations; what is not given is not in the bundle.
 * Outside a page (server rendering, workers) it does nothing, and the handle works on. Never throws.
 */
export const startWith = (
  instrumentations: readonly Instrumentation[],
  options: BaseOptions,
): Lightspan => {
  if (typeof document == 'undefined') return idle()
  const clock = platformClock()
  const context = createStackContext(sharedSlot())
  const ids = createIds([...crypto.getRandomValues(new Uint32Array(4))])
  const [place, at] = createTimeline(clock)
  const exporter = createPageExporter(options, {
    clock,
    at,
    ids,
    late: () => visitor.resource(),
  })
  const visitor = createVisitor(options, clock, exporter.add, exporter.drop)
  const { propagateTo = [], sample = 1, sampleBy } = options
  let live = true

  const pass = (span: SpanRecord) => {
    place(span)
    if (live) visitor.pass(span)
  }
  const [watch, tellOpen, endWatch] = createOpenSpans(clock.now, pass)
  const onStart = (span: Span) => {
    place()
    if (exporter.own) watch(span)
  }
  const { store } = visitor
  const tracer = createTracer({
    clock,
    random: ids.next,
    context,
    sample: createSampler(
      (root) => exporter.rate() ?? (typeof sample == 'function' ? sample(root) : sample),
      sampleBy == 'session' ? visitor.sessionId : undefined,
    ),
    onStart,
    onEnd: pass,
  })
  const quarantine = createQuarantine(store.get('quarantine') || '', (origins) =>
    store.set('quarantine', origins),
  )
  const page: PageTracer = {
    ...context,
    ...tracer,
    redact: visitor.redact,
    headers: (span, { origin }) => {
      const own = origin == location.origin
      if (!visitor.mayPropagate() || !mayPropagate(propagateTo, origin, location.origin)) return []
      if (!quarantine.may(origin)) return []
      const headers: [string, string][] = [['traceparent', span.traceparent()]]
      // Another origin has allowed `traceparent` at best: one header more could break the request.
      if (own && span.traceState) headers.push(['tracestate', span.traceState])
      return headers
    },
    answered: ({ origin }, answered) =>
      origin != location.origin && quarantine.heard(origin, answered),
    claim: (id) => {
      const claimed = store.get('claimed')?.split(' ') || []
      if (claimed.includes(id)) return false
      store.set('claimed', [...claimed.slice(-mostClaimed), id].join(' '))
      return true
    },
  }
  const attempt = <Result>(work: () => Result): Result | undefined => {
    try {
      return work()
    } catch {
      return // one that this engine does not bear must not cost the others
    }
  }
  const undo = instrumentations.map((install) => attempt(() => install(page)))
  // After the instrumentations' own, so that they have ended what was open.
  const leave = () => {
    tellOpen()
    exporter.leave()
  }
  undo.unshift(visitor.end, endWatch, onLeave(leave))
  return createHandle(tracer, {
    ...visitor,
    flush: exporter.flush,
    stop: () => {
      undo.reverse().forEach((end) => end && attempt(end))
      undo.length = 0
      void exporter.flush()
      live = false
    },
  })
}
