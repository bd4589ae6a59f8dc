// start-page.ts: builds a page's tracer, visitor and exporter of their parts, and installs instrumentations.

import { attempt } from './browser/attempt.ts'
import { createLater } from './browser/later.ts'
import { onLeave } from './browser/listen.ts'
import { createHandle, type Lightspan } from './handle.ts'
import type { Consent } from './session/gate.ts'
import type { BaseOptions } from './options.ts'
import { createPageExporter, type PageExporter } from './page-exporter.ts'
import { createPageTracer } from './page-tracer.ts'
import type { Parts } from './parts.ts'
import { platformClock } from './trace/clock.ts'
import { createStackContext, sharedSlot } from './trace/context.ts'
import { randomHex } from './trace/ids.ts'
import type { Instrumentation, PageTracer } from './trace/instrumentation.ts'
import type { Span } from './trace/span.ts'
import { createTracer } from './trace/tracer.ts'
import type { Visitor } from './visitor.ts'

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
    {
      flush: async () => {},
      stop: () => {},
      setConsent: () => {},
      setAttributes: () => {},
      use: () => {},
    },
  )

/** Parts of which each page has one kind or another. */
export type CompleteParts = Parts & Required<Pick<Parts, 'visitor' | 'delivery' | 'timeline'>>

const decide = (
  { sample = 1, sampleBy }: BaseOptions,
  { sampler }: Parts,
  { rate }: PageExporter,
  { sessionId }: Visitor,
) =>
  sampler?.(
    // a rule that fails is none
    (root) =>
      rate?.() ?? (typeof sample == 'function' ? (attempt(() => sample(root)) ?? 1) : sample),
    sampleBy == 'session' ? sessionId : undefined,
  ) || +sample

const hearConsent = (page: PageTracer, exporter: PageExporter) => (answer: Consent) => {
  page.setConsent(answer)
  if (answer == 'denied') exporter.forget()
}

// Four words. The first random values of a page take Chromium half a millisecond, a UUID (of 122 random bits; on https alone)
// a twentieth of that.
const drawSeed = () => {
  const hex = crypto.randomUUID?.().split('-').join('') || randomHex(16)
  return [0, 8, 16, 24].map((at) => parseInt(hex.slice(at, at + 8), 16))
}

/** What `start` and `startWith` have in common. Outside a page it does nothing. Never throws. */
export const startPage = (
  instrumentations: readonly Instrumentation[],
  options: BaseOptions,
  parts: CompleteParts,
): Lightspan => {
  if (typeof document == 'undefined') return idle()
  const clock = platformClock()
  const ids = parts.ids?.(drawSeed())
  const [place, at] = parts.timeline(clock)
  const context = (parts.context || createStackContext)(sharedSlot())
  const late = () => visitor.resource?.()
  const exporter = createPageExporter(options, { clock, ids, late, parts, at })
  const visitor = parts.visitor(options, clock, exporter.add, exporter.drop)
  const [later, catchUp, after] = createLater()
  let live = true
  const pass = (span: Span) => {
    if (live)
      later(() => {
        place(span)
        visitor.pass(span)
      })
  }
  // Only a receiver of ours replaces a span that was open by its end.
  const [watch, tellOpen, endWatch] =
    (exporter.transport.own && parts.openSpans?.(clock.now, pass)) || []
  const tracer = createTracer({
    clock,
    random: ids?.next || randomHex,
    context,
    sample: decide(options, parts, exporter, visitor),
    onStart: (span) =>
      later(() => {
        place()
        if (live) watch?.(span)
      }),
    onEnd: pass,
  })
  const made = createPageTracer(options, visitor, context, tracer)
  const page = { ...made, timing: parts.timing, later, exporter }
  const install = (one: Instrumentation) => attempt(() => one(page))
  const undo = instrumentations.map(install)
  // After the instrumentations' own, so that they have ended what was open, those of `use` too.
  const leave = () => {
    if (tellOpen) later(tellOpen)
    catchUp()
    exporter.leave()
  }
  undo.unshift(endWatch, visitor.end, catchUp, onLeave(leave, false))
  return createHandle(tracer, {
    ...visitor,
    page,
    use: (one) => void undo.push(live ? install(one) : undefined),
    // what the application says now is no matter of what was before
    setConsent: after(hearConsent(page, exporter)),
    setAttributes: after(visitor.setAttributes),
    flush: after(exporter.flush),
    stop: () => {
      for (const end of undo.splice(0).reverse()) if (end) attempt(end)
      void exporter.flush()
      live = false
    },
  })
}
