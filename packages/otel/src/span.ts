// span.ts: a span of Lightspan's as the OpenTelemetry API shows it.

import {
  createTraceState,
  isSpanContextValid,
  SpanStatusCode,
  type Link,
  type Span as OtelSpan,
  type SpanContext as OtelSpanContext,
} from '@opentelemetry/api'
import type { PageTracer, Span, SpanContext, Tracer } from 'lightspan'
import { exceptionAttributes } from 'lightspan/core'
import { toAttributes, toValue } from './attributes.ts'
import { isTime, toClock } from './times.ts'

/** What of a Lightspan is needed: the tracer that instrumentations get, or one of `createTracer`. */
export type Host = Tracer & Partial<Pick<PageTracer, 'headers' | 'exporter'>>

// Lightspan’s place of a span as OpenTelemetry’s.
const toOtelContext = ({ traceId, spanId, flags, traceState }: Span): OtelSpanContext => ({
  traceId,
  spanId,
  traceFlags: flags,
  ...(traceState && { traceState: createTraceState(traceState) }),
})

/** OpenTelemetry's place of a span as Lightspan's. */
export const fromOtelContext = ({
  traceId,
  spanId,
  traceFlags,
  traceState,
}: OtelSpanContext): SpanContext => ({
  traceId,
  spanId,
  flags: traceFlags,
  traceState: traceState?.serialize(),
})

const statuses = ['unset', 'ok', 'error'] as const

const addLink = (span: Span, { context, attributes }: Link) => {
  // one that leads nowhere is no link
  if (isSpanContextValid(context)) span.addLink(fromOtelContext(context), toAttributes(attributes))
}

/** Shows `span` through the OpenTelemetry API. No method throws; after its end all do nothing. */
export const toOtelSpan = (span: Span, now: () => number): OtelSpan => {
  const place = toOtelContext(span)
  const it: OtelSpan = {
    spanContext: () => place,
    isRecording: () => !span.ended && !!(span.flags & 1),
    setAttribute: (name, value) => {
      const known = toValue(value)
      if (known !== undefined) span.setAttribute(name, known)
      return it
    },
    setAttributes: (attributes) => {
      span.setAttributes(toAttributes(attributes))
      return it
    },
    addEvent: (name, attributes, time) => {
      const [of, at] = isTime(attributes) ? [undefined, attributes] : [attributes, time]
      span.addEvent(name, toAttributes(of), toClock(at, now))
      return it
    },
    addLink: (link) => {
      addLink(span, link)
      return it
    },
    addLinks: (links) => {
      links.forEach((link) => addLink(span, link))
      return it
    },
    setStatus: ({ code, message }) => {
      // OTel, "Set Status": what was said to be fine stays so, and `unset` says nothing
      if (code && span.status != 1)
        span.setStatus(
          statuses[code] ?? 'unset',
          code == SpanStatusCode.ERROR ? message : undefined,
        )
      return it
    },
    updateName: (name) => {
      span.setName(name)
      return it
    },
    recordException: (exception, time) => {
      span.addEvent('exception', exceptionAttributes(exception), toClock(time, now))
    },
    end: (time) => span.end(toClock(time, now)),
  }
  return it
}

/** Starts nothing, and hears everything: a span of another process, or none, as Lightspan's own. */
export const toStranger = (
  place: Partial<SpanContext>,
  recordError: (error: unknown) => void,
): Span => {
  const stranger = {
    traceId: '',
    spanId: undefined, // a child of nobody has no parent's id
    name: '',
    kind: 1,
    start: 0,
    duration: 0,
    attributes: {},
    events: [],
    links: [],
    status: 0,
    ended: false,
    ...place,
    setAttribute: () => stranger,
    setAttributes: () => stranger,
    addEvent: () => stranger,
    addLink: () => stranger,
    recordError: (error: unknown) => {
      recordError(error)
      return stranger
    },
    setStatus: () => stranger,
    setName: () => stranger,
    end: () => {},
    traceparent: () =>
      place.traceId ? `00-${place.traceId}-${place.spanId}-0${(place.flags ?? 0) & 3}` : '',
  } as unknown as Span
  return stranger
}
