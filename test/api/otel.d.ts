// Public API, made by `npm run api`. A change here is a change for users: see CONTRIBUTING.md.

import { Tracer, PageTracer } from 'lightspan'
import { SpanContext, HrTime, Link } from '@opentelemetry/api'

/** What of a Lightspan is needed: the tracer that instrumentations get, or one of `createTracer`. */
type Host = Tracer & Partial<Pick<PageTracer, 'headers' | 'exporter'>>

/**
 * Puts Lightspan behind the globals of `@opentelemetry/api`: spans made through it are Lightspan's, and
 * what is active for one is active for the other. An instrumentation like any other: give it to
 * `startWith`, `start` or `use`; where there is no page, call it with a tracer of `createTracer`. Where
 * another OpenTelemetry SDK is registered already it does nothing. Undone, the API is a no-op again.
 * Never throws.
 */
declare const openTelemetry: () => (host: Host) => () => void

/** `ReadableSpan` of the OpenTelemetry SDK, 1.x or 2.x, as far as it is read. */
interface EndedSpan {
  name: string
  kind: number
  spanContext: () => SpanContext
  /** SDK 2.x. */
  parentSpanContext?: SpanContext | undefined
  /** SDK 1.x. */
  parentSpanId?: string | undefined
  startTime: HrTime
  duration: HrTime
  status: {
    code: number
    message?: string
  }
  attributes: object
  links: readonly Link[]
  events: readonly {
    name: string
    time: HrTime
    attributes?: object
  }[]
  resource: {
    attributes: object
  }
  /** SDK 2.x. */
  instrumentationScope?: {
    name: string
    version?: string
  }
  /** SDK 1.x. */
  instrumentationLibrary?: {
    name: string
    version?: string
  }
}

/** Where to send, and how. */
interface ExporterOptions {
  /** The full ingest URL of a Lightspan collector (`…/v1/spans`). */
  url: string
  /** Public ingest key; travels in the body. */
  key?: string | undefined
  /** Extra request headers. In a page they force a CORS preflight. */
  headers?: Record<string, string> | undefined
  /** What sends. Default: the platform's, as it is when the exporter is made. */
  fetch?: typeof fetch | undefined
}
/** OTel's `ExportResult`: 0 the receiver has them, 1 it has not. */
interface ExportOutcome {
  code: 0 | 1
  error?: Error
}
/** OTel's `SpanExporter`. */
interface CompactSpanExporter {
  /**
   * Sends ended spans, and calls `done` once. With 30 batches under way another is dropped, and told so at once:
   * code 1, with an error that says the limit. The next batch tells the receiver how many spans that were.
   */
  export: (spans: EndedSpan[], done: (outcome: ExportOutcome) => void) => void
  /** Resolves when nothing is on its way any more. */
  forceFlush: () => Promise<void>
  shutdown: () => Promise<void>
}
/**
 * Builds the exporter: `new BatchSpanProcessor(createSpanExporter({ url }))`. A batch is sent once for
 * each resource and scope in it; a receiver that is away or busy is asked again, twice. At most 30 batches
 * and 30 requests are under way: what comes beyond them is dropped, and counted. Requests make no spans of
 * their own. No method throws.
 */
declare const createSpanExporter: (options: ExporterOptions) => CompactSpanExporter

export { createSpanExporter, openTelemetry }
export type { CompactSpanExporter, EndedSpan, ExportOutcome, ExporterOptions, Host }
