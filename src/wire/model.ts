// model.ts: what a batch of spans is before it takes any shape on the wire.

/** OpenTelemetry attribute value, as the SDK holds it. Integers become OTLP `intValue`. */
export type AttributeValue = string | number | boolean | readonly (string | number | boolean)[]

/** Attribute name to value. A value of `undefined` is left out of the batch. */
export type Attributes = { [name: string]: AttributeValue | undefined }

/** OTLP `Span.SpanKind`: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
export type SpanKind = 1 | 2 | 3 | 4 | 5

/** OTLP `Status.StatusCode`: 0 unset, 1 ok, 2 error. */
export type StatusCode = 0 | 1 | 2

/** Something that happened at one moment of a span. `time` is in ms since the batch's origin. */
export interface EventRecord {
  name: string
  time: number
  attributes: Attributes
}

/** A pointer to a span that is related but is no ancestor. */
export interface LinkRecord {
  traceId: string
  spanId: string
  attributes: Attributes
}

/**
 * A finished span. Ids are lowercase hex (32 and 16 digits); `start` and `end` are ms since the
 * batch's origin, so that they stay exact to the microsecond in a double.
 */
export interface SpanRecord {
  traceId: string
  spanId: string
  parentId?: string | undefined
  traceState?: string | undefined
  /** The parent lives in another process. */
  remote?: boolean | undefined
  name: string
  kind: SpanKind
  start: number
  end: number
  attributes: Attributes
  events: EventRecord[]
  links: LinkRecord[]
  status: StatusCode
  message?: string | undefined
}

/** Spans of one resource and scope, ready to be encoded. */
export interface Batch {
  resource: Attributes
  scope: { name: string; version: string }
  /** The wall clock at relative time zero, in ms since the Unix epoch. */
  origin: number
  /** The sender's relative time when the batch left, in ms. */
  sent: number
  /** Public ingest key; travels in the body so that a beacon needs no header. */
  key?: string | undefined
  /** Spans lost in the sender since the last batch. */
  dropped?: number | undefined
  spans: readonly SpanRecord[]
}

/** Turns a batch into the text that travels. Pure, never throws on a well-typed batch. */
export type Encode = (batch: Batch) => string
