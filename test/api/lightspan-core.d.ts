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
/**
 * Encodes a batch as OTLP/JSON.
 * @returns the request body of `POST /v1/traces` with content type `application/json`.
 */
declare const encodeOtlp: ({ resource, scope, origin, spans }: Batch) => string

/** A receiver's answer to a batch. */
interface Answer {
  taken: boolean
  /** It was not taken, and may be sent again. */
  retry?: boolean
  /** It was not taken, for it is too large. */
  large?: boolean | undefined
  /** The pause before that which the receiver asks for, in ms; NaN where it asks for none. */
  after?: number | undefined
  /** Spans of the batch that it did not want (OTLP partial success). */
  rejected?: number | undefined
  /** Its wall clock as it answered, in ms since the Unix epoch. */
  now?: number | undefined
  /** The share of new traces that it wants recorded from now on, 0..1. */
  sample?: number | undefined
}

/** How bodies leave. */
interface Transport {
  /**
   * The receiver is Lightspan's: it sniffs gzip and tells a span that comes twice. Another gets
   * `content-encoding`, and each span once.
   */
  own: boolean
  /** Content type of an uncompressed body. */
  type: string
  /**
   * Sends while the page lives.
   * @returns the answer, which never rejects, and whether the request goes on when the page is gone.
   */
  post: (body: ArrayBuffer | string) => [answer: Promise<Answer>, lasting: boolean]
  /**
   * Sends as the page goes, at once. Returns whether the platform took it, which it does not beyond what
   * it lets be in flight; never throws.
   */
  leave: (body: ArrayBuffer | string) => boolean
  /** The request for a body, made at once by `how`: `fetch`, or what is called like it. */
  request: (how: typeof fetch, body: BodyInit, more: RequestInit) => Promise<Response>
}

/** Builds what copies spans, soon; `anew`: and takes all copies back before. Nothing where nothing guards. */
type Copies = (
  transport: Transport,
  encode: (spans: readonly SpanRecord[]) => string,
) => ((spans: readonly SpanRecord[], anew?: boolean) => void) | undefined

/** The parts of an exporter. */
interface ExporterParts {
  /**
   * Writes spans as one body, with what was lost since the last one, the batch's own number, and attributes of the
   * resource that tell how far the receiver's clock is from the page's; a copy for safety has none of it.
   */
  encode: (
    spans: readonly SpanRecord[],
    lost?: Drops,
    number?: number,
    offset?: Attributes,
  ) => string
  transport: Transport
  /** Spans that make a batch leave before its time. Default 100. */
  size?: number | undefined
  /** How long a span may wait, in ms. Default 2,000. */
  delay?: number | undefined
  /** Whether bodies are compressed while there is time. Default true. */
  compress?: boolean | undefined
  /** Guards against a crash: `crashCopies`. */
  copies?: Copies | undefined
  /** Gives a time of `performance.now()` in ms since the Unix epoch; without it no clocks are compared. */
  at?: ((time: number) => number) | undefined
}
/** Takes ended spans and sees to it that they leave. */
interface Exporter {
  add: (span: SpanRecord) => void
  /** Counts spans that were lost, here or before they came here. */
  drop: (reason?: string, count?: number) => void
  /** Sends what waits. Resolves when the receiver has answered, or must be left alone; never rejects. */
  flush: () => Promise<void>
  /** Sends what waits, and what is on its way in a manner that ends with the page. */
  leave: () => void
  /** Lets go of what waits, untold: nobody may hear of it any more. */
  forget: () => void
  /** The share of new traces that the receiver wants recorded, where it has said so. */
  rate?: () => number | undefined
}
/** Builds an exporter. Nothing is sent, and no timer runs, before the first span. */
declare const createExporter: (parts: ExporterParts) => Exporter

/** An origin: exact (`https://api.example.com`), with `*.` for any subdomain, or a RegExp for the origin alone. */
type Target = string | RegExp
/**
 * Whether trace context may travel to `origin`. A wildcard without scheme (`*.example.com`) means
 * any http(s) scheme. Only origins are compared: a path or a query can never make one match.
 */
declare const mayPropagate: (targets: readonly Target[], origin: string, own?: string) => boolean

/** Where a span stands: enough to be a parent or the target of a link. */
interface SpanContext {
  /** 32 lowercase hex digits. */
  traceId: string
  /** 16 lowercase hex digits. */
  spanId: string
  /** W3C trace flags: bit 0 sampled, bit 1 random. Unknown: the tracer samples by the trace id. */
  flags?: number | undefined
  traceState?: string | undefined
}
/** How to start a span. Times are ms on the clock of `performance.now()`. */
interface SpanOptions {
  kind?: SpanKind
  attributes?: Attributes
  /** The parent; `null` starts a new trace; left out, the active span is the parent. */
  parent?: SpanContext | null | undefined
  /** When it started, in ms; now if left out. */
  start?: number | undefined
}
/** A span. No method throws; after `end` all but `traceparent` do nothing. */
interface Span extends SpanRecord, SpanContext {
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

/** Times are ms since `origin`, which is in ms since the Unix epoch. */
interface Clock {
  origin: number
  now: () => number
}
/**
 * The platform's clock. Under workerd `timeOrigin` is 0 and `now()` is the wall clock itself. Where
 * `timeOrigin` comes from before a sleep of the machine, the wall clock says better.
 */
declare const platformClock: () => Clock

/** Keeps the active span. `run` makes `span` active while `work` runs, and gives back its result. */
interface Context {
  active: () => Span | undefined
  /** Where nothing is active: the span that probably causes what happens now. */
  guess?: () => Span | undefined
  run: <Result>(span: Span | undefined, work: () => Result) => Result
}
/** Gives the span that is active, and may make it only now that somebody asks for it. */
type Entered = (() => Span | undefined) | undefined
/** What was going on at a time: a span, or what becomes one as `real` is called, and is `span` from then on. */
type Noted = Pick<Span, 'name' | 'start'> &
  Partial<Pick<Span, 'duration' | 'ended' | 'open' | 'lastEnd'>> & {
    real?: () => Span
    span?: Span | undefined
    /** When its handlers had run last, in ms. */
    processingEnd?: number
  }
/** The context of a page: it can be entered without a callback, and has a guess for orphans. */
interface StackContext extends Context {
  /** Makes the span active that `give` gives, and returns what was. The caller gives it back. */
  enter: (give: Entered) => Entered
  /** Makes `span` the current view: what starts with nothing active while it lasts is its child. */
  setView: (span: Span) => void
  /** The latest view, ended or not. */
  view: () => Span | undefined
  /** What is kept for those who ask later what was going on (recall.ts). */
  noted: Noted[]
  /** Errors that have been recorded by themselves. */
  told: WeakSet<object>
}
/** Where the active spans are kept. */
interface Slot {
  /** Whoever carries it over an `await` must not look into it. */
  current?: unknown
  /** Where Lightspans of this page send to: no request of the page's. */
  ingest?: Record<string, true>
  /** How many keep the application's context over what it does later: nobody need guess. */
  kept?: number
}
/** The context of a single synchronous thread of control, kept in `slot`: its own, unless given one. */
declare const createStackContext: (slot?: Slot) => StackContext

/** `AsyncContext.Variable` of the proposal (TC39, stage 2), as far as it is needed. */
interface AsyncVariable {
  get: () => unknown
  run: <Result>(value: unknown, work: () => Result) => Result
}
/** The platform's `AsyncContext`. */
interface AsyncContextApi {
  Variable: new () => AsyncVariable
}
/**
 * For `Parts.context`: what `run` makes active stays so over native awaits, timers and whatever else the
 * platform follows, with no transform and no patched sources. What is entered without a callback has no
 * native counterpart: it is active until it is left, where no `run` is nearer. Where the platform has no
 * AsyncContext, the context is the page's slot as ever. Never throws.
 * @param api Default: `globalThis.AsyncContext`.
 */
declare const nativeContext: (api?: AsyncContextApi | undefined) => (slot?: Slot) => StackContext

/** Draws `bytes` random bytes as hex. */
type RandomHex = (bytes: number) => string
/** Cryptographic randomness of the platform. Not to be called while a worker's module loads. */
declare const randomHex: RandomHex

/** The root of a trace, as far as it is known when it begins. */
interface Root {
  traceId: string
  name: string
  attributes: Attributes
}
/** W3C trace flags of a trace that begins, and its trace state. */
interface Decision {
  flags: number
  traceState?: string | undefined
}
/**
 * Whether a trace belongs to the `rate` (0..1) that is recorded. Every party that decides by the
 * right-most 56 bits (W3C Trace Context Level 2, "random" flag; OTel probability sampling) agrees.
 */
declare const sampledAt: (rate: number, randomness: string) => boolean
/**
 * Builds what decides for new traces.
 * @param rate the share, or what gives it for a root: the rules.
 * @param randomness the bits to decide by where they are not those of the trace: of the session, so that
 *   a session is recorded whole.
 */
declare const createSampler: (
  rate: number | ((root: Root) => number),
  randomness?: () => string | undefined,
) => (root: Root) => Decision

/** As much of a URL as is told; `location` has that too. */
type Address = Pick<URL, 'protocol' | 'host' | 'pathname' | 'search'>
/**
 * A URL without credentials, fragment and query values (OTel `url.full` asks to scrub them); the
 * names of query parameters stay. One without a host (`data:`, `blob:`) is content, of which the scheme alone stays.
 * @param keeps whether the value of the parameter of this name stays all the same.
 */
declare const redactUrl: (
  { protocol, host, pathname, search }: Address,
  keeps?: (name: string) => boolean,
) => string
/**
 * A path whose parts that are ids by their looks are folded to `{id}`, so that names made of paths stay few.
 */
declare const pathTemplate: (path: string) => string

/** What instrumentations and applications work with. */
interface Tracer {
  /** ms on the clock of all spans. */
  now: () => number
  /** The span that new spans become children of. */
  active: () => Span | undefined
  /** Starts a span. It is not active until `run` says so. */
  start: (name: string, options?: SpanOptions) => Span
  /** What of a URL may be recorded, where that is other than usual. */
  redact?: ((url: Address) => string) | undefined
  /** Makes `span` active while `work` runs, and gives back its result. */
  run: Context['run']
}
/** The parts a tracer is made of; time, chance and destination are arguments. */
interface TracerParts {
  clock: Clock
  random: RandomHex
  context: Context
  /** The share of new traces that is recorded, 0..1, or what decides: `createSampler`. */
  sample: number | ((root: Root) => Decision)
  /** Hears of each span as it starts. */
  onStart?: ((span: Span) => void) | undefined
  /** Takes each recorded span once, when it ends. */
  onEnd: (span: Span) => void
}
/** Builds a tracer. It keeps no reference to a span that has ended. */
declare const createTracer: (parts: TracerParts) => Tracer

/** Runs `work` in a span. See `Lightspan.span`. */
interface WithSpan {
  <Result>(name: string, work: (span: Span) => Result): Result
  <Result>(name: string, options: SpanOptions, work: (span: Span) => Result): Result
}
/**
 * Gives `tracer` its callback form. What `work` returns or throws is returned or thrown unchanged; a
 * promise is followed, and the span ends when it settles.
 */
declare const createWithSpan: ({ start, run }: Tracer) => WithSpan

declare const version = '0.1.0'

/**
 * Compresses text. Asynchronous by nature, so not for a page that is leaving.
 * @returns gzip bytes, or the text itself where the platform has no CompressionStream.
 */
declare const gzip: (text: string) => Promise<ArrayBuffer | string>

/**
 * Reads a `traceparent`.
 * @returns the parent, or undefined where the header must be ignored: wrong form, version ff,
 * all-zero ids, or a version 00 that goes on after its flags.
 */
declare const parseTraceparent: (header: string | null | undefined) => SpanContext | undefined

/**
 * Reads a `tracestate`, several fields of it joined by commas included.
 * @returns its members in their order, without the empty ones; undefined where the list is empty or has
 * one invalid member or more than 32: then it is dropped whole, and `traceparent` stays as it is.
 */
declare const parseTracestate: (header: string | null | undefined) => string | undefined

/**
 * Describes whatever was thrown (OTel `exception.*`). Never throws: a hostile getter or a value that
 * cannot become text is described by its type alone.
 */
declare const exceptionAttributes: (thrown: unknown) => Attributes & {
  'exception.type': string
}

/** The method as conventions want it: unknown ones become `_OTHER`, so that names stay bounded. */
declare const httpMethod: (method: string) => {
  name: string
  'http.request.method': string
}
/** Starts the span of an outgoing request. `start` is in ms; now if left out. */
declare const startHttpSpan: (
  tracer: Tracer,
  method: string,
  url: URL,
  options?: {
    start?: number
    parent?: SpanContext | null
  },
) => Span
/** Notes the response's status. For a client, 4xx and 5xx are errors (OTel HTTP spans, "Status"). */
declare const setHttpStatus: (span: Span, status: number) => void

export {
  createExporter,
  createSampler,
  createStackContext,
  createTracer,
  createWithSpan,
  encodeCompact,
  encodeOtlp,
  exceptionAttributes,
  gzip,
  httpMethod,
  mayPropagate,
  nativeContext,
  parseTraceparent,
  parseTracestate,
  pathTemplate,
  platformClock,
  randomHex,
  redactUrl,
  sampledAt,
  setHttpStatus,
  startHttpSpan,
  version,
}
export type {
  Answer,
  AsyncContextApi,
  AsyncVariable,
  AttributeValue,
  Attributes,
  Batch,
  Clock,
  Context,
  Decision,
  Encode,
  EventRecord,
  Exporter,
  ExporterParts,
  LinkRecord,
  RandomHex,
  Root,
  Span,
  SpanContext,
  SpanKind,
  SpanOptions,
  SpanRecord,
  StackContext,
  StatusCode,
  Target,
  Tracer,
  TracerParts,
  Transport,
  WithSpan,
}
