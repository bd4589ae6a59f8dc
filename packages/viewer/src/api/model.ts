// model.ts: a trace as the viewer thinks of it: plain data, times in ns since the trace's first moment.

export type Kind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer'

export type Status = 'unset' | 'ok' | 'error'

/**
 * How a span's end is known: it came; it has not ended, as far as is known; or the collector closed it at its
 * last sign of life. Of the latter two the duration is the least that it lasted.
 */
export type Ending = 'received' | 'open' | 'abandoned'

/** One attribute, its value already text; `type` says what it was. */
export interface Attribute {
  key: string
  value: string
  type: 'string' | 'number' | 'boolean' | 'list' | 'map' | 'bytes' | 'empty'
}

export interface SpanEvent {
  name: string
  /** ns since the trace's origin. */
  time: number
  attributes: Attribute[]
}

export interface SpanLink {
  traceId: string
  spanId: string
  attributes: Attribute[]
}

export interface Span {
  id: string
  parentId: string | undefined
  name: string
  service: string
  kind: Kind
  /** ns since the trace's origin; exact, since a trace is shorter than 2^53 ns (104 days). */
  start: number
  /** ns */
  duration: number
  status: Status
  message: string
  ending: Ending
  /** The sender said that the parent is in another process; undefined where it did not say. */
  remoteParent: boolean | undefined
  attributes: Attribute[]
  events: SpanEvent[]
  links: SpanLink[]
  resource: Attribute[]
  scope: string
  /** Attributes, events and links that the sender or a limit dropped. */
  dropped: number
}

/** What is known of a service's clock, in ms, as `GET /api/traces/{traceId}` gives it. */
export interface ServiceClock {
  service: string
  /** What was added to its times for those of the root's service. */
  shift?: number
  /** What has to be added to its times for the collector's, as its senders measured it, ± `uncertainty`. */
  offset?: number
  uncertainty?: number
  /** The offset is no more than that. */
  atMost?: number
}

export interface Trace {
  id: string
  /** The first span's start as it was received, in ns since the Unix epoch. */
  origin: bigint
  /** From the first start to the last end as they were received, in ns: what is drawn. */
  duration: number
  /** When it began by the clock of the root's service, in ns since the Unix epoch. */
  began: bigint
  /** How long it took by that clock, in ns: differences between clocks are no part of it. */
  took: number
  clocks: ServiceClock[]
  /** By start time, then id. */
  spans: Span[]
  /** The collector has more spans of it, later ones. */
  truncated: boolean
}

/** One line of the trace list, as `GET /api/traces` gives it. */
export interface TraceSummary {
  traceId: string
  rootService: string
  rootName: string
  /** ms since the Unix epoch. */
  start: number
  /** ms */
  duration: number
  spans: number
  errors: number
  /** Spans that have not ended, as far as is known. */
  open?: number
  services: { name: string; spans: number; errors: number }[]
}

export interface TraceList {
  traces: TraceSummary[]
  truncated: boolean
}

export interface ServiceSummary {
  name: string
  spans: number
  errors: number
  /** ms since the Unix epoch. */
  lastSeen: number
  /** Spans that its senders said they had lost, by reason. */
  dropped?: Record<string, number>
}
