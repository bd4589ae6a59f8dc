// start-with.ts: builds the parts for the instrumentations it is given, and nothing else.

import { onLeave } from './browser/listen.ts'
import { createExporter } from './export/exporter.ts'
import { createTransport } from './export/transport.ts'
import { createHandle, type Lightspan } from './handle.ts'
import type { BaseOptions } from './options.ts'
import { mayPropagate } from './propagate/targets.ts'
import { platformClock } from './trace/clock.ts'
import { createStackContext } from './trace/context.ts'
import { randomHex } from './trace/ids.ts'
import type { Instrumentation, PageTracer } from './trace/instrumentation.ts'
import type { SpanRecord } from './trace/record.ts'
import { createTracer } from './trace/tracer.ts'
import { version } from './version.ts'
import { encodeCompact } from './wire/compact.ts'

/** Spans in a batch that leaves before its time. */
const batchSize = 100

/** How long a span may wait for its batch, in ms. */
const batchDelay = 2000

const describe = ({ service, version: serviceVersion, environment, attributes }: BaseOptions) => ({
  'service.name': service || 'unknown_service',
  'service.version': serviceVersion,
  'deployment.environment.name': environment,
  'telemetry.sdk.name': 'lightspan',
  'telemetry.sdk.language': 'webjs',
  'telemetry.sdk.version': version,
  'user_agent.original': navigator.userAgent,
  'browser.language': navigator.language,
  ...attributes,
})

const createPageExporter = (options: BaseOptions, clock: ReturnType<typeof platformClock>) => {
  const { key, headers, encode = encodeCompact, url = '/v1/spans' } = options
  const compact = encode == encodeCompact
  const resource = describe(options)
  return createExporter({
    size: batchSize,
    delay: batchDelay,
    encode: (spans, dropped) =>
      encode({
        resource,
        scope: { name: 'lightspan', version },
        origin: clock.origin,
        sent: clock.now(),
        key,
        dropped: dropped || undefined,
        spans,
      }),
    transport: createTransport({
      url: key && !compact ? `${url}${url.includes('?') ? '&' : '?'}key=${key}` : url,
      type: compact ? 'text/plain' : 'application/json',
      announce: !compact,
      headers,
    }),
  })
}

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
    { flush: async () => {}, stop: () => {} },
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
  const context = createStackContext()
  const exporter = createPageExporter(options, clock)
  const { propagateTo = [], sample = 1, beforeSend = (span: SpanRecord) => span } = options
  let live = true

  const onEnd = (span: SpanRecord) => {
    try {
      const kept = live && beforeSend(span)
      if (kept) exporter.add(kept)
    } catch {
      // a hook that fails keeps its span back: it may be what hides a secret
    }
  }
  const tracer = createTracer({ clock, random: randomHex, context, sample, onEnd })
  const page: PageTracer = {
    ...context,
    ...tracer,
    header: (span, { origin }) =>
      mayPropagate(propagateTo, origin, location.origin) ? span.traceparent() : undefined,
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
  undo.unshift(onLeave(exporter.leave))
  return createHandle(tracer, {
    flush: exporter.flush,
    stop: () => {
      undo.reverse().forEach((end) => end && attempt(end))
      undo.length = 0
      void exporter.flush()
      live = false
    },
  })
}
