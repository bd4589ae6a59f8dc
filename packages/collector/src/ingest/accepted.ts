// accepted.ts: what was accepted already, so that what comes twice is counted once. Bounded.

import { boundedDrops, keyOf, longestService, type BatchNote } from '../batch-note.ts'
import type { SpanRow } from '../span-row.ts'
import type { DecodedBody } from './decode-body.ts'

/** Batches that are known again; older ones are forgotten first. */
export const mostBatches = 200_000

/** Places for spans that are known again, a power of two. A span that comes later takes the place of another. */
const spanPlaces = 2 ** 18

// 64 bits of a span's ids in a place that they name: an id is random, so that is as good as both.
const createSpans = () => {
  const places = new Uint32Array(2 * spanPlaces)
  /** Whether it was there already; it is now. */
  return ({ traceId, spanId }: SpanRow): boolean => {
    const low = parseInt(spanId.slice(8), 16) ^ parseInt(traceId.slice(24), 16)
    const high = parseInt(spanId.slice(0, 8), 16) ^ parseInt(traceId.slice(16, 24), 16)
    const at = 2 * (low & (spanPlaces - 1))
    if (places[at] === low >>> 0 && places[at + 1] === high >>> 0) return true
    places[at] = low
    places[at + 1] = high
    return false
  }
}

/** What one body brought that was not accepted before. */
export interface Fresh {
  spans: number
  /** The batch is to be remembered: it was not known, and is to be told from others. */
  note: BatchNote | undefined
}

/**
 * Builds the memory of what was accepted. `known` are keys of batches, oldest first. What it returns is
 * told of each body that is safe on disk.
 */
export const createAccepted = (known: readonly number[]) => {
  const batches = new Set(known)
  const hasSpan = createSpans()
  return ({ rows, batch }: DecodedBody, plain: Buffer): Fresh => {
    let spans = 0
    for (const row of rows) if (!hasSpan(row)) spans++
    if (!batch) return { spans, note: undefined }
    const { id } = batch
    const service = batch.service.slice(0, longestService)
    const drops = boundedDrops(batch.drops)
    // without a number it is told by all that it says, where that matters
    if (id === undefined && !Object.keys(drops).length) return { spans, note: undefined }
    const key = keyOf(id ?? plain)
    if (batches.has(key)) return { spans: 0, note: undefined }
    batches.add(key)
    if (batches.size > mostBatches)
      for (const oldest of batches) {
        batches.delete(oldest)
        break
      }
    return { spans, note: { key, at: Date.now(), service, drops } }
  }
}

export type Accepted = ReturnType<typeof createAccepted>
