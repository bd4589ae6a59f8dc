// span.ts: what a span is while it lives, and the options to start one.

import type { Attributes, AttributeValue, SpanKind, SpanRecord } from './record.ts'

/** Where a span stands: enough to be a parent or the target of a link. */
export interface SpanContext {
  /** 32 lowercase hex digits. */
  traceId: string
  /** 16 lowercase hex digits. */
  spanId: string
  /** W3C trace flags: bit 0 sampled, bit 1 random. Unknown: the tracer samples by the trace id. */
  flags?: number | undefined
  traceState?: string | undefined
}

/** How to start a span. Times are ms on the clock of `performance.now()`. */
export interface SpanOptions {
  kind?: SpanKind
  attributes?: Attributes
  /** The parent; `null` starts a new trace; left out, the active span is the parent. */
  parent?: SpanContext | null | undefined
  /** When it started, in ms; now if left out. */
  start?: number | undefined
}

/** A span. No method throws; after `end` all but `traceparent` do nothing. */
export interface Span extends SpanRecord, SpanContext {
  flags: number
  /** Sets one attribute; `undefined` leaves it out. */
  setAttribute: (name: string, value: AttributeValue | undefined) => Span
  setAttributes: (attributes: Attributes) => Span
  /** Notes that something happened, at `time` ms (now if left out). */
  addEvent: (name: string, attributes?: Attributes, time?: number) => Span
  addLink: (to: SpanContext, attributes?: Attributes) => Span
  /** Adds an `exception` event and sets the status to error (OTel exception conventions). */
  recordError: (error: unknown) => Span
  setStatus: (status: 'ok' | 'error' | 'unset', message?: string) => Span
  setName: (name: string) => Span
  /** Ends the span at `time` ms (now if left out). */
  end: (time?: number) => void
  /** The `traceparent` header that names this span as parent (W3C Trace Context Level 2, 3.2). */
  traceparent: () => string
  /** How many spans it has caused so far. */
  children: number
  /** How many of those have not ended. */
  open: number
  /** When the last of them ended, in ms; 0 while none has. */
  lastEnd: number
  ended: boolean
}
