// Public API, made by `npm run api`. A change here is a change for users: see CONTRIBUTING.md.

/** OpenTelemetry attribute value, as the SDK holds it. Integers become OTLP `intValue`. */
type AttributeValue = string | number | boolean | readonly (string | number | boolean)[]
/** Attribute name to value. A value of `undefined` is left out of the batch. */
type Attributes = {
  [name: string]: AttributeValue | undefined
}
/** OTLP `Span.SpanKind`: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
type SpanKind = 1 | 2 | 3 | 4 | 5
/** OTLP `Status.StatusCode`: 0 unset, 1 ok, 2 error. */
type StatusCode = 0 | 1 | 2
/** Something that happened at one moment of a span. `time` is in ms since the clock's origin. */
interface EventRecord {
  name: string
  time: number
  attributes: Attributes
}
/** A pointer to a span that is related but is no ancestor. */
interface LinkRecord {
  traceId: string
  spanId: string
  attributes: Attributes
}
/**
 * A span. Ids are lowercase hex (32 and 16 digits); `start` is in ms since the clock's origin and
 * `duration` in ms, so that both stay exact to the microsecond in a double.
 */
interface SpanRecord {
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

/** Ids of one page load. */
interface Ids {
  /** Four random words of 32 bits, drawn once per page load; whoever knows them knows the ids. */
  seed: readonly number[]
  /** The id of 16 lowercase hex digits that `counter` stands for; of two counters never the same. */
  at: (counter: number) => string
  /** 16 `bytes`: the next trace id, which takes two counters; 8: the next span id. */
  next: (bytes: number) => string
  /** The (first) counter of one of the last ids that were given; undefined for any other. */
  find: (id: string) => number | undefined
}
/**
 * Ids of a page load, all bits of which look random to whoever does not know `seed` (W3C Trace
 * Context Level 2, "random"): a Feistel network of eight rounds (Luby and Rackoff), each of which
 * multiplies and folds. It mixes; it is no cipher.
 */
declare const createIds: (seed: readonly number[]) => Ids

/** Spans that were lost, by reason: `{ queue: 3 }`. */
type Drops = {
  [reason: string]: number
}
/** Spans of one resource and scope, ready to be encoded. */
interface Batch {
  resource: Attributes
  scope: {
    name: string
    version: string
  }
  /** The wall clock at relative time zero, in ms since the Unix epoch. */
  origin: number
  /** The sender's relative time when the batch left, in ms. */
  sent: number
  /** The sender's wall clock at that moment, in ms since the Unix epoch, where it was read. */
  wall?: number | undefined
  /** Public ingest key; travels in the body so that a beacon needs no header. */
  key?: string | undefined
  /** Where the ids came from: ids of theirs cost next to nothing. */
  ids?: Ids | undefined
  /** The batch's number among those of the same ids. The same number again is the same batch. */
  number?: number | undefined
  /** Spans lost in the sender since the last batch; left out where none was. */
  dropped?: Drops | number | undefined
  spans: readonly SpanRecord[]
}
/** Turns a batch into the text that travels. Pure, never throws on a well-typed batch. */
type Encode = (batch: Batch) => string

/** Version that this encoder writes and the decoder reads. */
declare const compactVersion = 1
/**
 * Encodes a batch in the compact format, version 1. Spans are written in the order of their starts.
 * @param perMilli how finely times are kept, in units a ms: 1e3, whole microseconds.
 * @param extra what only a translator from OTLP has to say (docs/wire.md, "What OTLP says besides").
 * @param make makes a value what the table holds (docs/wire.md, "Values").
 * @returns JSON text; docs/wire.md is its specification.
 */
declare const encodeCompact: (
  batch: Batch,
  perMilli?: number,
  extra?: object,
  make?: (value: unknown) => unknown,
) => string

interface AnyValue {
  stringValue?: string
  boolValue?: boolean
  /** A 64-bit integer in decimal. */
  intValue?: string | number
  doubleValue?: number | 'NaN' | 'Infinity' | '-Infinity'
  arrayValue?: {
    values?: AnyValue[]
  }
  kvlistValue?: {
    values?: KeyValue[]
  }
  /** base64 */
  bytesValue?: string
}
interface KeyValue {
  key: string
  value: AnyValue
}
interface OtlpEvent {
  /** ns since the Unix epoch, in decimal. */
  timeUnixNano: string
  name: string
  attributes?: KeyValue[]
  droppedAttributesCount?: number
}
interface OtlpLink {
  traceId: string
  spanId: string
  traceState?: string
  attributes?: KeyValue[]
  droppedAttributesCount?: number
  flags?: number
}
interface OtlpSpan {
  traceId: string
  spanId: string
  traceState?: string
  parentSpanId?: string
  flags?: number
  name: string
  kind?: number
  /** ns since the Unix epoch, in decimal. */
  startTimeUnixNano: string
  /** ns since the Unix epoch, in decimal. */
  endTimeUnixNano: string
  attributes?: KeyValue[]
  droppedAttributesCount?: number
  events?: OtlpEvent[]
  droppedEventsCount?: number
  links?: OtlpLink[]
  droppedLinksCount?: number
  status?: {
    code?: number
    message?: string
  }
}
interface Scope {
  name?: string
  version?: string
  attributes?: KeyValue[]
  droppedAttributesCount?: number
}
interface ScopeSpans {
  scope?: Scope
  spans: OtlpSpan[]
  schemaUrl?: string
}
interface ResourceSpans {
  resource?: {
    attributes?: KeyValue[]
    droppedAttributesCount?: number
  }
  scopeSpans: ScopeSpans[]
  schemaUrl?: string
}
/** OTLP `ExportTraceServiceRequest` / `TracesData`. */
interface TracesData {
  resourceSpans: ResourceSpans[]
}
/**
 * Encodes a batch as OTLP/JSON.
 * @returns the request body of `POST /v1/traces` with content type `application/json`.
 */
declare const encodeOtlp: ({ resource, scope, origin, spans }: Batch) => string

/** Bounds on what one batch may hold; a batch beyond them is refused whole. */
interface CompactLimits {
  /** Spans in one batch. */
  spans: number
  /** Entries in any one list of the batch. */
  entries: number
  /** Attribute values, events and links of all spans together: columns repeat, so this is no matter of bytes. */
  references: number
  /** UTF-16 units of all strings that values refer to, counted each time. */
  text: number
  /** Nesting of array and map values. */
  depth: number
}
declare const compactLimits: CompactLimits
/** A batch that breaks the format: which field, and why. `name` is `CompactError`. */
interface CompactError extends Error {
  field: string
  /** It is sound as far as it was read, and more than `CompactLimits` allow: in parts it may be taken. */
  beyond?: true
}

/** What a compact batch says. */
interface CompactBatch {
  /** The public ingest key, where the sender has one. */
  key: string | undefined
  /** The same for copies of one batch: seed, number and count of spans; undefined where unnumbered. */
  id: string | undefined
  /** When the batch was written, on the time line of its spans, in ms since the Unix epoch. */
  sentAt: number
  /** The same moment by the sender's wall clock as it stood then; undefined where it was not read. */
  wallAt: number | undefined
  /** Spans the sender lost since its last batch. */
  dropped: number
  /** The same by reason. */
  drops: Drops
  /**
   * Ids of spans are well-formed. Those that an application may have had from elsewhere (of traces, parents and
   * links) stand as they came: what is no id makes its span invalid, see `validIds`.
   */
  data: TracesData
}
/**
 * Reads a compact batch.
 * @param body the batch as JSON text, already decompressed.
 * @returns its spans as OTLP.
 * @throws CompactError when the batch breaks docs/wire.md or a limit; nothing of it is usable then.
 */
declare const decodeCompact: (body: string, limits?: CompactLimits) => CompactBatch

/**
 * Encodes OTLP in the compact format, without loss: one batch for each scope of each resource.
 * Spans of a batch are put in the order of their starts.
 * @throws where a 64-bit number is none.
 */
declare const compactFromOtlp: ({ resourceSpans }: TracesData) => string[]

/**
 * Whether all ids of a span that `decodeCompact` gave are ids (W3C Trace Context Level 2, sections 3.2.2.3 and
 * 3.2.2.4). Receivers of OTLP may refuse a whole request for one that is none. Never throws.
 */
declare const validIds: ({ traceId, parentSpanId, links }: OtlpSpan) => boolean

export {
  compactFromOtlp,
  compactLimits,
  compactVersion,
  createIds,
  decodeCompact,
  encodeCompact,
  encodeOtlp,
  validIds,
}
export type {
  AnyValue,
  AttributeValue,
  Attributes,
  Batch,
  CompactBatch,
  CompactError,
  CompactLimits,
  Drops,
  Encode,
  EventRecord,
  Ids,
  KeyValue,
  LinkRecord,
  OtlpEvent,
  OtlpLink,
  OtlpSpan,
  ResourceSpans,
  Scope,
  ScopeSpans,
  SpanKind,
  SpanRecord,
  StatusCode,
  TracesData,
}
