// record.ts: a span as data, before it takes any shape on the wire.

/** OpenTelemetry attribute value, as the SDK holds it. Integers become OTLP `intValue`. */
export type AttributeValue = string | number | boolean | readonly (string | number | boolean)[]

/** Attribute name to value. A value of `undefined` is left out of the batch. */
export type Attributes = { [name: string]: AttributeValue | undefined }

/** OTLP `Span.SpanKind`: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
export type SpanKind = 1 | 2 | 3 | 4 | 5

/** OTLP `Status.StatusCode`: 0 unset, 1 ok, 2 error. */
export type StatusCode = 0 | 1 | 2

/** Something that happened at one moment of a span. `time` is in ms since the clock's origin. */
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
 * A span. Ids are lowercase hex (32 and 16 digits); `start` is in ms since the clock's origin and
 * `duration` in ms, so that both stay exact to the microsecond in a double.
 */
export interface SpanRecord {
  traceId: string
  spanId: string
  parentId?: string | undefined
  /** The parent lives in another process. */
  remote?: boolean | undefined
  traceState?: string | undefined
  name: string
  kind: SpanKind
  start: number
  duration: number
  attributes: Attributes
  events: EventRecord[]
  links: LinkRecord[]
  status: StatusCode
  message?: string | undefined
}
