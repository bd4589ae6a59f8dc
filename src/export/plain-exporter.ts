// plain-exporter.ts: collects ended spans and sends each batch once; what is not taken is counted as lost.

import type { SpanRecord } from '../trace/record.ts'
import type { Exporter, ExporterParts } from './exporter.ts'
import { gzip } from './gzip.ts'

/** Spans that may wait. Beyond it new ones are dropped and counted. */
const mostWaiting = 3000

/** Builds an exporter. Nothing is sent, and no timer runs, before the first span. */
export const createPlainExporter = (parts: ExporterParts): Exporter => {
  const { encode, transport, size = 100, delay = 2000, compress = true } = parts
  let waiting: SpanRecord[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let lost = 0
  // Batches under compression; one that is taken out of here must not be sent again.
  const underway = new Set<readonly SpanRecord[]>()

  const take = () => {
    const spans = waiting
    timer = void clearTimeout(timer)
    waiting = []
    return spans
  }
  const write = (spans: readonly SpanRecord[]) => {
    try {
      const text = encode(spans, lost ? { queue: lost } : undefined)
      lost = 0
      return text
    } catch {
      lost += spans.length // what cannot be written must not stop what comes after
      return
    }
  }
  const flush = async () => {
    const spans = take()
    const text = spans[0] && write(spans)
    if (!text) return
    underway.add(spans)
    const body = compress ? await gzip(text) : text
    if (underway.delete(spans) && !(await transport.post(body)[0]).taken) lost += spans.length
  }
  const leaveWith = (spans: readonly SpanRecord[]) => {
    const text = spans[0] && write(spans)
    if (!text || transport.leave(text)) return
    const half = spans.length >> 1
    if (!half) return void lost++
    leaveWith(spans.slice(0, half))
    leaveWith(spans.slice(half))
  }
  return {
    add: (span) => {
      if (waiting.length >= mostWaiting) lost++
      else if (waiting.push(span) >= size) void flush()
      else timer ??= setTimeout(flush, delay)
    },
    drop: (_, count = 1) => void (lost += count),
    flush,
    forget: () => {
      take()
      underway.clear()
    },
    leave: () => {
      leaveWith([...underway, take()].flat())
      underway.clear()
    },
  }
}
