// span-row.ts: a span as the store keeps it.

/** A row of the store. Ids are unsigned integers, times are ns since the Unix epoch. */
export interface SpanRow {
  traceId: bigint
  spanId: bigint
  /** 0: none. */
  parentId: bigint
  traceState: string
  flags: number
  service: string
  name: string
  kind: number
  startNs: bigint
  endNs: bigint
  /** OTLP `Status.StatusCode`. */
  status: number
  message: string
  /** Name to value, in the form of attribute-text.ts. */
  attributes: Map<string, string>
  /** JSON of `{ events, links, dropped… }`, empty where there is none of it. */
  more: string
  /** JSON of the resource, see `attribute-text.ts`. */
  resource: string
  /** JSON of the instrumentation scope. */
  scope: string
}
