// batch.ts: what travels together, before it takes either shape on the wire.

import type { Attributes, SpanRecord } from '../trace/record.ts'
import type { Ids } from './ids.ts'

/** Spans that were lost, by reason: `{ queue: 3 }`. */
export type Drops = { [reason: string]: number }

/** Spans of one resource and scope, ready to be encoded. */
export interface Batch {
  resource: Attributes
  scope: { name: string; version: string }
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
export type Encode = (batch: Batch) => string
