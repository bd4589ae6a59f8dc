// options.ts: what users may say at the edge, completed once at the door.

import type { Attributes, SpanRecord, Target } from 'lightspan/core'

/** Options of `traced`. */
export interface EdgeOptions {
  /** Name of the application (`service.name`). */
  service: string
  /** Its version (`service.version`). */
  version?: string | undefined
  /** Where it is deployed (`deployment.environment.name`). */
  environment?: string | undefined
  /** The full ingest URL, posted to as it stands. Without one, trace context is passed on and nothing is sent. */
  url?: string | undefined
  /** Ingest key: in the body of compact batches, in the query (`?key=`) for OTLP. */
  key?: string | undefined
  /** Extra headers for the ingest endpoint, such as `authorization`. */
  headers?: Record<string, string> | undefined
  /** `compact` for a Lightspan collector (default), `otlp` (JSON) for any OpenTelemetry backend. */
  format?: 'compact' | 'otlp' | undefined
  /**
   * Origins besides the request's own that get `traceparent`: exact (`https://api.example.com`), with
   * wildcard (`*.example.com`, `https://*.example.com`), or a RegExp for the origin alone.
   */
  propagateTo?: readonly Target[] | undefined
  /**
   * Share of the traces begun here that is recorded, 0..1. Default 1. A trace that comes in is
   * recorded if and only if its sender records it.
   */
  sample?: number | ((request: Request) => number) | undefined
  /** Whether a `traceparent` that comes in is continued; else it is linked to. Default true. */
  trustIncoming?: boolean | ((request: Request) => boolean) | undefined
  /** The route (`/products/{id}`) that a request belongs to: names its span. */
  route?: ((request: Request) => string | undefined) | undefined
  /** Whether responses name their span in `Server-Timing`. Default true. */
  serverTiming?: boolean | undefined
  /** Attributes of the resource: they describe all spans, and travel once per batch. */
  attributes?: Attributes | undefined
  /** Sees each span before it is buffered; may change it, or return nothing to drop it. */
  beforeSend?: ((span: SpanRecord) => SpanRecord | null | undefined | void) | undefined
  /** How long a finished span may wait for others to leave with it, in ms. Default 1000. */
  delay?: number | undefined
}
