// store.ts: what every store can do, whatever is behind it.

import type { TracesData } from 'lightspan/wire'
import type { BatchNote, Drops } from '../batch-note.ts'
import type { SpanRow } from '../span-row.ts'

/** Bounds of time, in ms since the Unix epoch. */
export interface Window {
  from: number
  to: number
}

/** What a search asks for; all conditions hold for one span. */
export interface TraceSearch extends Window {
  service?: string | undefined
  /** Part of a span's name, any case. */
  name?: string | undefined
  /** ms */
  minDuration?: number | undefined
  /** ms */
  maxDuration?: number | undefined
  /** OTLP `Status.StatusCode`. */
  status?: number | undefined
  /** Attributes that are there, with a value where one is given. */
  attributes: { key: string; value?: string | undefined }[]
  limit: number
}

export interface ServiceSummary {
  name: string
  spans: number
  errors: number
  lastSeen: number
  /** Spans that its senders said they had lost, by reason. */
  dropped: Drops
}

export interface TraceSummary {
  traceId: string
  rootService: string
  rootName: string
  /** When it began, by the clock of the root's service, in ms since the Unix epoch. */
  start: number
  /** ms, by that clock: see docs/query-api.md, "Clocks that differ". */
  duration: number
  spans: number
  errors: number
  /** Spans that have not ended yet, as far as is known. */
  open: number
  services: { name: string; spans: number; errors: number }[]
}

export interface RouteSearch extends Window {
  service?: string | undefined
  /** The most routes, those with most spans first. */
  limit: number
  /** Seconds of one bucket. */
  step: number
}

interface Percentiles {
  count: number
  errors: number
  p50: number
  p75: number
  p95: number
  p99: number
}

export interface RouteSummary extends Percentiles {
  service: string
  name: string
  buckets: ({ time: number } & Percentiles)[]
}

/** Spans of one trace that are read at most, the earliest ones: a trace has no natural end. */
export const mostTraceSpans = 20_000

/** Bytes of their names, attributes, events and links, and of what they came from, that are read at most. */
export const mostTraceBytes = 2 ** 26

/** What is known of a service's clock in a trace. All in ms; what is not known is absent. */
export interface ServiceClock {
  service: string
  /** What was added to its times for those of the root's service, to find when the trace began and ended. */
  shift?: number
  /** What has to be added to its times for the collector's, as its senders measured it at best. */
  offset?: number
  /** By how much `offset` may be wrong, either way. */
  uncertainty?: number
  /** The offset is no more: the least time that a batch of it seemed to be on its way. */
  atMost?: number
}

/** A trace; `truncated` where more of it is stored than is read. */
export interface StoredTrace extends TracesData, Pick<TraceSummary, 'start' | 'duration'> {
  clocks: ServiceClock[]
  truncated?: true
}

/** Where spans are kept. */
export interface Store {
  /**
   * Keeps spans; one that is there already, by its id within its trace, is replaced, but for an open copy
   * (`isOpen`) of one that has ended or was seen open at a later time. Resolves when they and the notes are durable.
   */
  write: (rows: readonly SpanRow[], notes?: readonly BatchNote[]) => Promise<void>
  /** Keys of the batches that came last, at most `limit`, oldest first. */
  batches: (limit: number) => Promise<number[]>
  /** Resolves where the store can write at all. */
  probe: () => Promise<void>
  /**
   * Closes open spans of which nothing came since `before` (ms since the Unix epoch), at their last sign
   * of life. Resolves with how many.
   */
  abandon: (before: number) => Promise<number>
  /** Removes slices that ended before `oldest` (ms since the Unix epoch), and settles those at rest. */
  tidy: (oldest: number) => Promise<void>
  services: (window: Window) => Promise<ServiceSummary[]>
  search: (search: TraceSearch) => Promise<{ traces: TraceSummary[]; truncated: boolean }>
  /** The trace (32 hex digits) up to `mostTraceSpans` and `mostTraceBytes`, or undefined where nothing of it is stored. */
  trace: (traceId: string) => Promise<StoredTrace | undefined>
  routes: (search: RouteSearch) => Promise<{ routes: RouteSummary[]; truncated: boolean }>
  close: () => Promise<void>
}
