// start-with.ts: builds the parts for the instrumentations it is given, and nothing else.

import { onLeave } from './browser/listen.ts'
import { createExporter } from './export/exporter.ts'
import { createTransport } from './export/transport.ts'
import { createHandle, type Lightspan } from './handle.ts'
import type { BaseOptions } from './options.ts'
import { createQuarantine } from './propagate/quarantine.ts'
import { mayPropagate } from './propagate/targets.ts'
import { platformClock, type Clock } from './trace/clock.ts'
import { createStackContext } from './trace/context.ts'
import type { Instrumentation, PageTracer } from './trace/instrumentation.ts'
import type { Attributes, SpanRecord } from './trace/record.ts'
import { createSampler } from './trace/sampling.ts'
import { createTracer } from './trace/tracer.ts'
import { version } from './version.ts'
import { createVisitor } from './visitor.ts'
import { encodeCompact } from './wire/compact.ts'
import { createIds, type Ids } from './wire/ids.ts'

/** Spans in a batch that leaves before its time. */
const batchSize = 100

/** Spans of servers that a tab remembers to have joined. */
const mostClaimed = 20

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

const createPageExporter = (
  options: BaseOptions,
  clock: Clock,
  ids: Ids,
  late: () => Attributes,
) => {
  const { key, headers, encode = encodeCompact, url = '/v1/spans' } = options
  const compact = encode == encodeCompact
  const resource = describe(options)
  return createExporter({
    size: batchSize,
    delay: batchDelay,
    encode: (spans, dropped) =>
      encode({
        resource: { ...resource, ...late() },
        scope: { name: 'lightspan', version },
        origin: clock.origin,
        sent: clock.now(),
        key,
        ids,
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
  const context = createStackContext()
  const ids = createIds([...crypto.getRandomValues(new Uint32Array(4))])
  const exporter = createPageExporter(options, clock, ids, () => visitor.resource())
  const visitor = createVisitor(options, clock, exporter.add, exporter.drop)
  const { propagateTo = [], sample = 1, sampleBy } = options
  const { store } = visitor
  let live = true

  const onEnd = (span: SpanRecord) => live && visitor.pass(span)
  const tracer = createTracer({
    clock,
    random: ids.next,
    context,
    sample: createSampler(sample, sampleBy == 'session' ? visitor.sessionId : undefined),
    onEnd,
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
  undo.unshift(visitor.end, onLeave(exporter.leave))
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
