// request-trace.ts: begins the trace of one request out of its parts.

import {
  createSampler,
  createTracer,
  mayPropagate,
  randomHex,
  type SpanRecord,
} from 'lightspan/core'
import { readIncoming, startServerSpan } from './incoming.ts'
import type { EdgeOptions } from './options.ts'
import { createOutgoing, type Call } from './outgoing.ts'
import { callPlatform } from './patch-fetch.ts'
import type { Pipeline } from './pipeline.ts'
import { createRequestContext, createTrace, type Storage, type Trace } from './trace.ts'
import { findWaitUntil } from './wait-until.ts'

/** What the requests of one traced handler have in common. */
export interface Setup {
  options: EdgeOptions
  pipeline: Pipeline
}

// Plain data, with times `later` by some ms: spans of many requests share a batch and its time zero.
const asRecord = (span: SpanRecord, later: number): SpanRecord => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentId: span.parentId,
  remote: span.remote,
  traceState: span.traceState,
  name: span.name,
  kind: span.kind,
  start: span.start + later,
  duration: span.duration,
  attributes: span.attributes,
  events: span.events.map((event) => ({ ...event, time: event.time + later })),
  links: span.links,
  status: span.status,
  message: span.message,
})

/** Begins a trace: reads what came in, starts the server span, readies outgoing requests. */
export const beginTrace = (
  { options, pipeline }: Setup,
  storage: Storage | null,
  request: Request,
  rest: readonly unknown[],
): Trace => {
  const { propagateTo = [], sample = 1, trustIncoming = true, route, beforeSend } = options
  const url = new URL(request.url)
  const incoming = readIncoming(request)
  const trusted = typeof trustIncoming == 'function' ? trustIncoming(request) : trustIncoming
  const waitUntil = findWaitUntil(rest)
  const context = createRequestContext(storage)
  // Anchored here: a worker's clock stands at 0 while its module loads, and a server's drifts over days.
  const origin = Date.now() - performance.now()

  const onEnd = (span: SpanRecord) => {
    try {
      const record = asRecord(span, origin - pipeline.origin)
      const kept = beforeSend ? beforeSend(record) : record
      if (kept) pipeline.add(kept)
    } catch {
      // a hook that fails keeps its span back: it may be what hides a secret
    }
    if (root.ended) pipeline.kick(waitUntil)
  }
  const tracer = createTracer({
    clock: { origin, now: () => performance.now() },
    random: randomHex,
    context,
    sample: createSampler(typeof sample == 'function' ? sample(request) : sample),
    onEnd,
  })
  const root = startServerSpan(tracer, request, url, (trusted && incoming.parent) || null)
  if (!trusted && incoming.parent) root.addLink(incoming.parent)
  const send = createOutgoing({
    tracer,
    incoming,
    trusted,
    may: (target) => mayPropagate(propagateTo, target, url.origin),
  })
  const trace = createTrace(tracer, root, {
    fetch: (...args) => send(callPlatform, args),
    // Called on its owner: a proxied binding is nothing without it.
    via: (binding) => ({
      fetch: (...args: Parameters<Call>) =>
        send((...sent) => (binding as unknown as { fetch: Call }).fetch(...sent), args, true),
    }),
  })
  context.enter(trace)
  const template = route?.(request)
  if (template) trace.route(template)
  return trace
}
