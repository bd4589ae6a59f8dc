// start-worker.ts: starts Lightspan in a worker: requests, errors, and spans of its own.

import {
  createSampler,
  createStackContext,
  createTracer,
  createWithSpan,
  platformClock,
  randomHex,
  type Attributes,
  type Span,
  type Tracer,
  type WithSpan,
} from 'lightspan/core'
import { createGate } from './gate.ts'
import type { Consent, WorkerOptions } from './options.ts'
import { traceRequests } from './requests.ts'
import { createWorkerExporter } from './send.ts'

/** A running Lightspan of a worker. No method throws, but for what the application's own work throws. */
export interface WorkerLightspan extends Pick<Tracer, 'active' | 'run'> {
  span: WithSpan
  startSpan: Tracer['start']
  /** The tracer, for `hearMessages`. */
  tracer: Tracer
  /** Sends what waits. Give it to `waitUntil` of a service worker's event. Never rejects. */
  flush: () => Promise<void>
  /** Tells the user's answer: what waits is sent, or forgotten. */
  setConsent: (answer: Consent) => void
  /** Attributes of every span that ends from now on: the page's `session.id`, for example. */
  setAttributes: (attributes: Attributes) => void
  stop: () => void
}

declare const WorkerGlobalScope: unknown

/** Errors that one worker records. */
const most = 100

const traceErrors = (tracer: Tracer): (() => void) => {
  let left = most
  const hear = (event: Event) => {
    const { error, reason, message } = event as Event & {
      error?: unknown
      reason?: unknown
      message?: string
    }
    if (left-- <= 0) return
    const active = tracer.active()
    const span: Span = active ?? tracer.start('uncaught exception', { parent: null })
    span.recordError(error ?? reason ?? message)
    if (!active) span.end()
  }
  const types = ['error', 'unhandledrejection']
  types.forEach((type) => globalThis.addEventListener(type, hear))
  return () => types.forEach((type) => globalThis.removeEventListener(type, hear))
}

// The slot that pages and bundles transformed by @lightspan/await share (see docs/context.md).
const sharedSlot = (): { current?: Span | undefined } =>
  ((globalThis as { [key: symbol]: { current?: Span } | undefined })[
    Symbol.for('lightspan.context.v1')
  ] ??= {})

/**
 * Starts Lightspan in a dedicated, shared or service worker. Outside a worker it records nothing, and the
 * handle works on. Never throws.
 */
export const startWorker = (options: WorkerOptions): WorkerLightspan => {
  const inside = typeof WorkerGlobalScope != 'undefined'
  const clock = platformClock()
  const exporter = inside ? createWorkerExporter(options, clock, globalThis.fetch) : undefined
  const { consent = 'granted', sample = 1, propagateTo = [] } = options
  const gate = createGate(
    consent,
    (span) => exporter?.add(span),
    () => exporter?.drop?.('consent'),
  )
  let live = inside
  let more: Attributes = {}
  const tracer = createTracer({
    clock,
    random: randomHex,
    context: createStackContext(sharedSlot()),
    sample: inside ? createSampler(sample) : 0,
    onEnd: (span) => {
      if (!live) return
      span.attributes = { ...more, ...span.attributes }
      gate.pass(span)
    },
  })
  const undo = inside
    ? [traceRequests(tracer, propagateTo, gate.mayPropagate), traceErrors(tracer)]
    : []
  const flush = async () => exporter?.flush()
  return {
    span: createWithSpan(tracer),
    startSpan: tracer.start,
    active: tracer.active,
    run: tracer.run,
    tracer,
    flush,
    setConsent: (answer) => {
      gate.setConsent(answer)
      if (answer == 'denied') exporter?.forget()
    },
    setAttributes: (attributes) => void (more = { ...more, ...attributes }),
    stop: () => {
      undo.reverse().forEach((end) => end())
      undo.length = 0
      void flush()
      live = false
    },
  }
}
