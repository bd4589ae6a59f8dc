// batch.ts: what travels together, before it takes either shape on the wire.

import type { Attributes, SpanRecord } from '../trace/record.ts'

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
  /** Spans lost in the sender since the last batch; left out where none was. */
  dropped?: number | undefined
  spans: readonly SpanRecord[]
}

/** Turns a batch into the text that travels. Pure, never throws on a well-typed batch. */
export type Encode = (batch: Batch) => string
