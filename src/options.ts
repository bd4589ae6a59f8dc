// options.ts: what users may say, completed once at the door.

import type { Target } from './propagate/targets.ts'
import type { Consent } from './session/gate.ts'
import type { CreateStore } from './session/store.ts'
import type { Instrumentation } from './trace/instrumentation.ts'
import type { Attributes, SpanRecord } from './trace/record.ts'
import type { Root } from './trace/sampling.ts'
import type { Encode } from './wire/batch.ts'

/** Options of `startWith`. */
export interface BaseOptions {
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
  propagateTo?: readonly Target[] | undefined
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
export interface Options extends BaseOptions {
  /** `compact` for a Lightspan collector (default), `otlp` (JSON) for any OpenTelemetry backend. */
  format?: 'compact' | 'otlp' | undefined
  /** What is observed. Default: everything. */
  instrumentations?: readonly Instrumentation[] | undefined
}
