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
/**
 * 429, 502, 503 and 504 may be tried again (OTLP/HTTP, "Retryable Response Codes"), after `Retry-After`
 * where it is said, in seconds or as a date; any other failure may not.
 */
declare const readAnswer: (response: Response) => Promise<Answer>

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
/**
 * Leaves copies with the platform by `fetchLater`, where it has that and the receiver tells a span that
 * comes twice. They are sent should the page end without a word, as in a crash.
 */
declare const crashCopies: Copies

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
type Target$1 = string | RegExp

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
 * Puts spans on the wall clock where that has run ahead of the monotonic one: a laptop that sleeps stops
 * the latter, and spans from after it would be backdated. A wall clock that is set back moves nothing, for
 * a child would come before its parent; what the time line is off by is measured where batches are
 * answered. Durations stay monotonic.
 * @returns what compares the clocks and moves a span, if there is one, to its segment; and what gives a
 *   time of now in ms since the Unix epoch.
 */
declare const createTimeline: ({
  origin,
  now,
}: Clock) => readonly [(span?: SpanRecord) => void, (time: number) => number]

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

/** Runs `work` in a span. See `Lightspan.span`. */
interface WithSpan {
  <Result>(name: string, work: (span: Span) => Result): Result
  <Result>(name: string, options: SpanOptions, work: (span: Span) => Result): Result
}

declare const version = '0.1.0'

/** Whether the user agreed to be measured; `pending`: nobody has asked yet. */
type Consent = 'granted' | 'denied' | 'pending'

/** As much of a ResourceTiming or navigation entry as the engine has. */
type Timing = Partial<
  PerformanceResourceTiming & {
    deliveryType: string
  }
>
/**
 * Adds size, protocol, where the response came from, what the server said about its time, and each phase
 * that took place as an event. What another origin does not allow to be seen is 0, and left out.
 */
declare const setTiming: (span: Span, entry: Timing) => void

/** Of a URL, where a request goes. */
type Asked = Pick<URL, 'origin' | 'pathname'>
/** A tracer as instrumentations of a page see it. */
interface PageTracer
  extends Tracer, Pick<StackContext, 'enter' | 'setView' | 'view' | 'noted' | 'told'> {
  redact: (url: Address) => string
  /** The headers of trace context that a request to `url` may carry; none where it may not. */
  headers: (span: Span, url: Asked) => Record<string, string> | undefined
  /**
   * Tells how a request went that carried such headers: `false` where no response came at all. A foreign
   * origin, or a route of the page's own, that never answered one gets none any more.
   */
  answered?: ((url: Asked, answered: boolean) => void) | undefined
  /** Notes on a span what the platform measured of its request. */
  timing?: ((span: Span, entry: Timing) => void) | undefined
  /**
   * Does work that is no part of what the page waits for: within 80 ms (a second while the page
   * loads), or as the page goes. Never throws.
   */
  later: (work: () => void) => void
  /** What instrumentations of requests share. */
  requests?: unknown
  /**
   * What sends: counts spans that were lost, by reason, and holds a `Transport`, whose methods an
   * instrumentation may wrap.
   */
  exporter: {
    drop: (reason?: string, count?: number) => void
    transport: object
  }
  /** Whether the user agreed, as it stands. */
  consent: () => 'granted' | 'denied' | 'pending'
  /** Hears the user's answer, and may be wrapped by whoever has to hear it too. */
  setConsent: (consent: 'granted' | 'denied' | 'pending') => void
  /** Whether this tab sees the id for the first time: what a server's cache repeats is refused as parent. */
  claim?: ((id: string) => boolean) | undefined
}
/**
 * Starts to observe; what it returns puts everything back. What it ends as the page goes is in the last
 * batch when it listens in the capture phase.
 */
type Instrumentation = (tracer: PageTracer) => () => void

/** A running Lightspan. No method throws, but for what the application's own `work` throws. */
interface Lightspan {
  /**
   * Runs `work` in a span that is active meanwhile: `span('price', () => …)`,
   * `await span('load cart', async (span) => …)`, `span(name, options, work)`. Returns what `work`
   * returns. A throw or rejection is recorded and passed on.
   */
  span: WithSpan
  /** Starts a span that the caller ends. It is not made active. */
  startSpan: (name: string, options?: SpanOptions) => Span
  /** The active span. */
  active: () => Span | undefined
  /** Records a handled error on the active span, or on one of its own. */
  recordError: (error: unknown) => void
  /** Sets attributes that all spans carry from now on; `undefined` takes one back. */
  setAttributes: (attributes: Attributes) => void
  /** Names the user (`user.id`) of all spans from now on. Ignored under Global Privacy Control. */
  setUser: (id: string | undefined) => void
  /** The user's answer, at any time. See `BaseOptions.consent`. */
  setConsent: (consent: Consent) => void
  /** Installs one more instrumentation; `stop` ends it too. */
  use: (instrumentation: Instrumentation) => void
  /** Sends what waits. Resolves when the receiver has answered; never rejects. */
  flush: () => Promise<void>
  /** Ends all instrumentation, puts the page back as it was, and sends what waits. */
  stop: () => void
}

/** Options of `navigationSpans`. */
interface NavigationOptions {
  /** The route (`/product/{slug}`) of a path. Learned from the paths of this page where it says nothing. */
  route?: (path: string) => string | undefined
}
/** Traces client-side navigations: pushState, replaceState, back and forward, hash changes. */
declare const navigationSpans: ({ route }?: NavigationOptions) => Instrumentation

/** Text under a key. No method throws. */
interface Store {
  get: (key: string) => string | undefined
  /** `undefined` forgets. */
  set: (key: string, value: string | undefined) => void
}
/** Builds a store; `durable` says whether anything may be stored now. */
type CreateStore = (durable: () => boolean) => Store

/** Options of `startWith`. */
interface BaseOptions {
  /** Name of the application (`service.name`). */
  service: string
  /** Its version (`service.version`). */
  version?: string | undefined
  /** Where it is deployed (`deployment.environment.name`). */
  environment?: string | undefined
  /** The full ingest URL, posted to as it stands. Default: `/v1/spans` of the page's own origin. */
  url?: string | undefined
  /** Public ingest key: in the body of compact batches, in the query (`?key=`) for OTLP. */
  key?: string | undefined
  /** Extra request headers. They force keepalive fetch and a CORS preflight; prefer `key`. */
  headers?: Record<string, string> | undefined
  /**
   * Origins besides the page's own that get `traceparent`: exact (`https://api.example.com`), with
   * wildcard (`*.example.com`, `https://*.example.com`), or a RegExp for the origin alone.
   */
  propagateTo?: readonly Target$1[] | undefined
  /**
   * Share of traces that is recorded, 0..1, or what gives it for a trace by its root's name and
   * attributes. Default 1. Below 1 the share travels with each span (`ot=th:…` in its trace state).
   */
  sample?: number | ((root: Root) => number) | undefined
  /** `session`: a session is recorded whole or not at all. Default `trace`. */
  sampleBy?: 'trace' | 'session' | undefined
  /** Query parameters whose values may be recorded in `url.full`. Default none. */
  keepQuery?: readonly string[] | undefined
  /** Attributes of the resource: they describe all spans, and travel once per batch. */
  attributes?: Attributes | undefined
  /** Sees each span before it is buffered; may change it, or return nothing to drop it. */
  beforeSend?: ((span: SpanRecord) => SpanRecord | null | undefined | void) | undefined
  /**
   * Whether the user agreed. `pending`: spans wait in memory, a thousand at most, until `setConsent`
   * answers. `denied`: nothing is recorded, stored, sent or propagated. Default `granted`.
   */
  consent?: Consent | undefined
  /**
   * How long a session may pause (`idle`, default 30 min) and last (`life`, default 4 h), in ms; and where
   * it is kept: by default in the tab, with `store: sharedStore` for all tabs.
   */
  session?:
    | {
        idle?: number | undefined
        life?: number | undefined
        store?: CreateStore | undefined
      }
    | undefined
  /** Whether bodies are compressed. `false` for OTLP backends whose CORS refuses `content-encoding`. */
  compress?: boolean | undefined
  /** What bodies look like: `encodeCompact` unless said otherwise, here or by `format`. */
  encode?: Encode | undefined
}
/** Options of `start`. */
interface Options extends BaseOptions {
  /** `compact` for a Lightspan collector (default), `otlp` (JSON) for any OpenTelemetry backend. */
  format?: 'compact' | 'otlp' | undefined
  /** What is observed. Default: everything. */
  instrumentations?: readonly Instrumentation[] | undefined
}

/** All instrumentations, in the order in which they should start; `route` as `navigationSpans` takes it. */
declare const everything: (options?: NavigationOptions) => Instrumentation[]
/**
 * Starts Lightspan in this page.
 * Outside a page (server rendering, workers) it does nothing, and the handle works on. Never throws.
 */
declare const start: (options: Options) => Lightspan

/**
 * Watches open spans. `pass` gets copies that end now and are marked `lightspan.open`; the span itself
 * replaces them at the receiver when it ends.
 * @returns what hears of each start, and forgets what has ended; what passes copies of those that are open; the end.
 */
declare const createOpenSpans: (
  now: () => number,
  pass: (copy: Span) => void,
) => readonly [(span: Span) => void, () => void, () => void]

/** What stands between an ended span and the exporter. */
interface Visitor {
  /** Takes an ended span. Never throws. */
  pass: (span: SpanRecord) => void
  /** Whether requests to this URL may carry trace context: not for somebody who said no. */
  mayPropagate: (url: Asked) => boolean
  answered?: PageTracer['answered']
  claim?: PageTracer['claim']
  /** Global Privacy Control is on: memory only, no user, paths as templates. */
  strict?: boolean
  /** What of a URL may be recorded. */
  redact: (url: Address) => string
  /** The session's id, for what is decided by session; none before there may be one. */
  sessionId?: () => string | undefined
  /** Attributes of the resource that are known only now. */
  resource?: () => Attributes
  /** The answer as it stands. */
  consent: () => Consent
  setConsent: (consent: Consent) => void
  setAttributes: (attributes: Attributes) => void
  end?: () => void
}
/** Builds a visitor. `add` takes what may leave, `lose` hears of what found no room. */
type CreateVisitor = (
  options: BaseOptions,
  clock: Clock,
  add: (span: SpanRecord) => void,
  lose: (reason?: string) => void,
) => Visitor
/** The visitor of this page, with a session. */
declare const createVisitor: CreateVisitor

/** Parts that `startWith` goes without unless they are given; what is not given is not in the bundle. */
interface Parts {
  /**
   * Sessions, consent that may be pending, Global Privacy Control, limits, device attributes, and
   * quarantine of origins that trace context seems to break. Without it there is no session, and until
   * consent is granted nothing is recorded.
   */
  visitor?: CreateVisitor
  /** Keeps the time line on the wall clock where the machine has slept. */
  timeline?: typeof createTimeline
  /** Tells of spans that have not ended as the page hides, and every 30 s. */
  openSpans?: typeof createOpenSpans
  /** Keeps copies with the platform that survive a crash of the page (fetchLater). */
  copies?: Copies
  /**
   * Tries again what was not taken, and measures how far the page's clock is from the receiver's. Without it
   * each batch is sent once, and the loss is counted.
   */
  delivery?: Delivery
  /** Ids that need no place in a compact batch. */
  ids?: typeof createIds
  /**
   * Sampling by rules, by session and by what the receiver asks for, with the share told in trace state.
   * Without it `sample` is a number.
   */
  sampler?: typeof createSampler
  /** Size, protocol, phases and server's timing of each request. */
  timing?: typeof setTiming
  /** Keeps the active span elsewhere than in the page's slot: `nativeContext`, where there is AsyncContext. */
  context?: (slot?: Slot) => StackContext
}
/** What lets no span go for a refusal that may pass. */
type Delivery = readonly [exporter: typeof createExporter, read: typeof readAnswer]
/** Sends again, at a pace that spares the receiver, and hears what that asks for. */
declare const patientDelivery: Delivery
/** Every part there is. */
declare const allParts: Required<Omit<Parts, 'context'>>

/** Records uncaught errors as `exception` events, on the active span or on one of their own. */
declare const errorSpans: () => Instrumentation

/** Traces `fetch`. The app's promise is derived from the native one: same value, same error. */
declare const fetchSpans: () => Instrumentation

/**
 * Where `await` is native and was not transformed, what a click's handler starts after it belongs to
 * nobody. With this instrumentation it becomes the click's child, marked `lightspan.context=inferred`, as
 * long as that is the only interaction going on: it has requests under way, or had its last activity less
 * than 200 ms ago. Where something else could be the cause as well, another interaction or a page load, it
 * starts a trace of its own. Spans that the application makes are left to the application; and nothing is
 * guessed where the application keeps its context (`asyncContext`, `zoneContext`).
 */
declare const inferredContext: () => Instrumentation

/** Traces clicks, taps, keys and drags. What their handlers start becomes part of the interaction's trace. */
declare const interactionSpans: () => Instrumentation

/**
 * Traces the page load: a root from time zero (where it was prerendered, from its activation) to the end
 * of the load event, the document's request as child; and each return from the back/forward cache.
 */
declare const loadSpans: () => Instrumentation

/**
 * Records LCP, FCP and TTFB (from navigation to the metric), INP (the interaction) and CLS (a moment),
 * each with a `browser.web_vital` event (OTel browser conventions; values in ms, CLS without unit), for
 * the load, each return from the back/forward cache and, where the engine tells, each soft navigation.
 * Values are those of the `web-vitals` library. One that a noted span explains is linked to it.
 */
declare const webVitals: () => Instrumentation

/** Traces XMLHttpRequest, synchronous ones too. */
declare const xhrSpans: () => Instrumentation

/** Parts of which each page has one kind or another. */
type CompleteParts = Parts & Required<Pick<Parts, 'visitor' | 'delivery' | 'timeline'>>

/** What Lightspan has cost. */
interface Overhead {
  /** Share of the main thread's time that it took in the last window, 0..1; before that, since the start. */
  share: number
  /** Main-thread time since the start, in ms. */
  ms: number
  /** Bytes of bodies since the start. */
  bytes: number
  /** What is left out now, in the order in which it was given up. */
  shed: readonly Shed[]
}
/** What can be left out; the last one more than once. */
type Shed = 'phases' | 'details' | 'interactions' | 'traces'
/** How the watch watches. */
interface OverheadOptions {
  /** Share of the main thread's time that Lightspan may take, 0..1. Default 0.01. */
  budget?: number | undefined
  /** How long it is measured before anything changes, in ms. Default 10,000. */
  window?: number | undefined
  /** One call in so many is measured, and stands for the others. Default 16. */
  every?: number | undefined
  /** Clock, in ms, and chance, 0..1; for tests. */
  now?: () => number
  random?: () => number
}

/** A running Lightspan that knows what it costs. */
interface WatchedLightspan extends Lightspan {
  /** What it has cost so far, and what it leaves out. Never throws. */
  overhead: () => Overhead
}
/**
 * As `startWith`, but watches what Lightspan takes of the main thread and sends, tells it on each batch, and leaves
 * detail out where that is over the budget (docs/performance.md). Needs the parts `visitor`, `delivery` and `timeline`; without
 * `sampler` the share of traces stays as it is. Outside a page it does nothing. Never throws.
 */
declare const startWatched: (
  instrumentations: readonly Instrumentation[],
  {
    overhead: limits,
    ...options
  }: BaseOptions & {
    overhead?: OverheadOptions | undefined
  },
  parts: CompleteParts,
) => WatchedLightspan

/**
 * Starts Lightspan with just these instrumentations and parts; what is not given is not in the bundle.
 * Outside a page (server rendering, workers) it does nothing, and the handle works on. Never throws.
 */
declare const startWith: (
  instrumentations: readonly Instrumentation[],
  options: BaseOptions,
  parts?: Parts,
) => Lightspan

/**
 * Traces beacons as client spans. A beacon can carry no trace context, and nobody hears its answer: the span
 * ends when the platform has taken it, or has refused. Lightspan's own are not traced.
 */
declare const beaconSpans: () => Instrumentation

/**
 * Records `console.error` as an `exception` event, on the active span or on one of its own: the error that is
 * among its arguments, else the text; of other objects their kind alone. The console goes on as it was.
 */
declare const consoleErrors: () => Instrumentation

/**
 * Traces EventSource: `EventSource connect` from the constructor to the first answer, and `EventSource`, a
 * trace of its own, until it is closed, with numbers and bytes of messages: of all without a type, and of
 * those types that the page listens to.
 */
declare const eventSourceSpans: () => Instrumentation

/**
 * Marks, in spans of their own, clicks in anger (`rage click`) and clicks on controls after which nothing
 * was requested, shown, scrolled or navigated to within a second (`dead click`, an inference).
 */
declare const frustrationSpans: () => Instrumentation

/** Options of `graphqlOperations`. */
interface GraphqlOptions {
  /** Where GraphQL is spoken; tested against the path of the URL. Default `/graphql/i`. */
  path?: RegExp
}
/**
 * Adds `graphql.operation.name` and `.type` to the client spans of `fetchSpans`, before which it must not be
 * started. Only a body that is text is looked at; no stream or Request is read, and neither the document nor
 * its variables are recorded. A batch of several operations gets neither.
 */
declare const graphqlOperations: ({ path }?: GraphqlOptions) => Instrumentation

/**
 * Records each change of the page's life as a span without duration, `page hidden`, `page visible`,
 * `page freeze`, `page resume`, `page online` or `page offline`, linked to the view, which, while it is
 * going on, gets a `lightspan.lifecycle` event too: what was slow in a hidden page was slow for nobody.
 */
declare const lifecycleSpans: () => Instrumentation

/**
 * Records long animation frames, or long tasks where the engine (Chromium before 123) knows no frames. Their
 * scripts are children of the interaction, navigation or load during which they ran; where none was going on, of a
 * span of the frame's own.
 */
declare const longFrames: () => Instrumentation

/** Records Content Security Policy violations and, by the Reporting API, deprecations and interventions. */
declare const reportSpans: () => Instrumentation

/** Options of `resourceSpans`. */
interface ResourceOptions {
  /** A resource that took longer is a span, in ms. Default 500. */
  slow?: number
  /** Spans of resources in one page load. Default 20. */
  most?: number
}
/**
 * Records, as children of the page load, resources that block rendering, fail, are slow or became the
 * largest contentful paint; of all others their number, bytes and slowest by type, in
 * `lightspan.resource.summary` events of a span of their own. Requests by script are left to their own
 * instrumentations.
 */
declare const resourceSpans: ({ slow, most }?: ResourceOptions) => Instrumentation

/**
 * Records `{method} stream` where a response to `fetch` went on for so long that the span of its request ended at the
 * headers: from there to the last byte, beside that span, and linked to it. One that is open as the page goes ends
 * there. The end comes from ResourceTiming; of the response nothing is read, cloned or wrapped. Where several requests
 * for one address could own an entry, it abstains. To be started after `fetchSpans`.
 */
declare const streamSpans: () => Instrumentation

/** Options of `tailSampling`. */
interface TailOptions {
  /**
   * Whether the trace of a span that has ended is to be recorded; asked of unsampled spans for which nothing else
   * speaks. Where it throws, the answer is no.
   */
  keep?: (span: SpanRecord) => boolean
  /** Room for spans that may be asked for yet, in bytes, by estimate. Default 200,000. */
  bytes?: number
}
/**
 * Records traces that `sample` has left out where one of their spans has failed (a 4xx of a request alone is no
 * failure), got a 5xx, holds a poor web vital or is asked for by `keep`: what has ended of the trace, what is open,
 * and what is still to come; with a poor vital also the trace that explains it. Such spans say
 * `lightspan.sampled_by` = `tail` and have no threshold: they count for themselves alone. What servers were told
 * stays told: they saw an unsampled trace.
 */
declare const tailSampling: ({ keep, bytes }?: TailOptions) => Instrumentation

/**
 * Records `performance.measure` as spans and `performance.mark` as spans without duration, under whatever
 * was going on at the time.
 * @param wanted whether a name is wanted: libraries measure a lot of their own.
 */
declare const userTiming: (wanted: (name: string) => boolean) => Instrumentation

/**
 * Traces WebSocket: `WebSocket connect` from the constructor to the open connection, and `WebSocket`, a
 * trace of its own, to its end, with numbers and bytes of messages. Messages are not looked at.
 */
declare const webSocketSpans: () => Instrumentation

/**
 * Traces WebTransport: `WebTransport connect` until it is ready, and `WebTransport`, a trace of its own,
 * until it is closed. Its streams are the page's, and not counted: that would take reading them.
 */
declare const webTransportSpans: () => Instrumentation

/** Notes an event on the active span, or on a span of that name where none is active. Never throws. */
declare const addEvent: (
  { active, startSpan }: Pick<Lightspan, 'active' | 'startSpan'>,
  name: string,
  attributes?: Attributes,
) => void

/** What a flag said (OTel `feature_flag.evaluation`). */
interface FlagEvaluation {
  key: string
  /** Name of the value, such as `on` or `blue`. */
  variant?: string | undefined
  /** The value itself. Only text, numbers and booleans are recorded. */
  value?: unknown
  /** Why, such as `targeting_match`, `split`, `default`, `error`. */
  reason?: string | undefined
  /** Who evaluated it. */
  provider?: string | undefined
  /** Version of the rules. */
  version?: string | undefined
  /** What went wrong, such as `flag_not_found`. */
  errorType?: string | undefined
}
type Target = Pick<Lightspan, 'active' | 'startSpan'>
/** Notes on the active span, or on one of its own, what a feature flag said. Never throws. */
declare const featureFlag: (lightspan: Target, evaluation: FlagEvaluation) => void
/** As much of OpenFeature's `Hook` as is needed. */
interface FlagHook {
  finally: (
    context: {
      flagKey: string
      providerMetadata: {
        name: string
      }
    },
    details?: {
      value?: unknown
      variant?: string | undefined
      reason?: string | undefined
      errorCode?: string | undefined
      flagMetadata?: Readonly<Record<string, unknown>> | undefined
    },
  ) => void
}
/**
 * A hook for OpenFeature's web SDK: `OpenFeature.addHooks(flagHook(lightspan))`. The evaluation's context, which may
 * name the user, is not recorded.
 */
declare const flagHook: (lightspan: Target) => FlagHook

/** How much is kept, and for how long. */
interface OfflineOptions {
  /** Bytes of bodies, as they travel, of all tabs of the origin together. Default 1 MiB. */
  bytes?: number | undefined
  /** How long a body is kept, in ms. Default 24 h, which is how long the collector knows a batch again. */
  age?: number | undefined
}
/**
 * Keeps batches that found no receiver in IndexedDB, and sends them as they are, oldest first, when the network is
 * back, when the receiver answers again, and when another page of the origin is loaded. Only while the user agrees
 * (`consent` is `granted`) and Global Privacy Control is off; at a no, and under that control, what was kept is
 * forgotten. Where IndexedDB is denied, full or broken, batches wait in memory, as without it. Never throws.
 */
declare const offlineSpans: (options?: OfflineOptions) => Instrumentation

/**
 * A store for the option `session: { store: sharedStore }`: all tabs of the origin are one session, which
 * outlives them until it has paused for too long; each keeps its tab id. Only where the user has agreed
 * (`consent` is `granted`) and Global Privacy Control is off; where `localStorage` is denied or full, each
 * tab has a session of its own, as without it.
 */
declare const sharedStore: CreateStore

export {
  addEvent,
  allParts,
  beaconSpans,
  consoleErrors,
  crashCopies,
  createIds,
  createOpenSpans,
  createSampler,
  createTimeline,
  createVisitor,
  encodeCompact,
  encodeOtlp,
  errorSpans,
  eventSourceSpans,
  everything,
  featureFlag,
  fetchSpans,
  flagHook,
  frustrationSpans,
  graphqlOperations,
  inferredContext,
  interactionSpans,
  lifecycleSpans,
  loadSpans,
  longFrames,
  nativeContext,
  navigationSpans,
  offlineSpans,
  patientDelivery,
  reportSpans,
  resourceSpans,
  setTiming,
  sharedStore,
  start,
  startWatched,
  startWith,
  streamSpans,
  tailSampling,
  userTiming,
  version,
  webSocketSpans,
  webTransportSpans,
  webVitals,
  xhrSpans,
}
export type {
  Answer,
  AsyncContextApi,
  AsyncVariable,
  AttributeValue,
  Attributes,
  BaseOptions,
  Batch,
  CompleteParts,
  Consent,
  CreateStore,
  Delivery,
  Encode,
  EventRecord,
  FlagEvaluation,
  FlagHook,
  GraphqlOptions,
  Instrumentation,
  Lightspan,
  LinkRecord,
  NavigationOptions,
  OfflineOptions,
  Options,
  Overhead,
  OverheadOptions,
  PageTracer,
  Parts,
  ResourceOptions,
  Root,
  Shed,
  Span,
  SpanContext,
  SpanKind,
  SpanOptions,
  SpanRecord,
  StatusCode,
  Store,
  TailOptions,
  Target$1 as Target,
  Tracer,
  Transport,
  WatchedLightspan,
  WithSpan,
}
