// span-row.ts: a span as the store keeps it.

/** A row of the store. Ids are lowercase hex, times are ns since the Unix epoch. */
export interface SpanRow {
  traceId: string
  spanId: string
  /** '': none. */
  parentId: string
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
  /** Names and values by turns, values in the form of attribute-text.ts. Each name is there once. */
  attributes: string[]
  /** JSON of `{ events, links, dropped… }`, empty where there is none of it. */
  more: string
  /** JSON of the resource, see `attribute-text.ts`. */
  resource: string
  /** JSON of the instrumentation scope. */
  scope: string
  /**
   * When its batch came, by our clock, less when it was sent, by the sender's, in ns: no less than what has to be
   * added to the sender's times for ours. Undefined where the batch does not say when it was sent.
   */
  lagNs: bigint | undefined
}

/** Whether this is a copy of a span that has not ended, see docs/transport.md. */
export const isOpen = ({ attributes }: Pick<SpanRow, 'attributes'>): boolean => {
  for (let at = 0; at < attributes.length; at += 2)
    if (attributes[at] == 'lightspan.open') return attributes[at + 1] == 'btrue'
  return false
}
