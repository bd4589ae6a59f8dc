// exporter.ts: collects ended spans and sends them in batches, whatever the page does meanwhile.

import type { SpanRecord } from '../trace/record.ts'
import { gzip } from './gzip.ts'

/** How bodies leave. */
export interface Transport {
  /** Content type of an uncompressed body. */
  type: string
  /** Sends while the page lives. Resolves to whether the receiver accepted; never rejects. */
  post: (body: ArrayBuffer | string) => Promise<boolean>
  /** Sends as the page goes, at once and uncompressed. Returns whether the platform took it; never throws. */
  leave: (body: Blob) => boolean
}

/** The parts of an exporter. */
export interface ExporterParts {
  /** Writes spans, and how many were lost since the last batch, as one body. */
  encode: (spans: readonly SpanRecord[], dropped: number) => string
  transport: Transport
  /** Spans that make a batch leave before its time. */
  size: number
  /** How long a span may wait, in ms. */
  delay: number
}

/** Takes ended spans and sees to it that they leave. */
export interface Exporter {
  add: (span: SpanRecord) => void
  /** Counts a span that was lost before it came here. */
  drop: () => void
  /** Sends what waits. Resolves when the receiver has answered; never rejects. */
  flush: () => Promise<void>
  /** Sends what waits, and what is still being compressed, before the page is gone. */
  leave: () => void
}

/** Spans that may wait. Beyond it new ones are dropped and counted. */
const mostWaiting = 2000

/** Body bytes of one beacon: the platform's 65,536 in flight, less room for another. */
const mostBeacon = 6e4

/** Builds an exporter. Nothing is sent, and no timer runs, before the first span. */
export const createExporter = ({ encode, transport, size, delay }: ExporterParts): Exporter => {
  let waiting: SpanRecord[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let dropped = 0
  // Batches under compression; one that is taken out of here must not be sent again.
  const underway = new Set<readonly SpanRecord[]>()

  const take = () => {
    const spans = waiting
    clearTimeout(timer)
    timer = undefined
    waiting = []
    return spans
  }
  const write = (spans: readonly SpanRecord[]) => {
    const lost = dropped
    dropped = 0
    return [encode(spans, lost), lost] as const
  }
  const flush = async () => {
    const spans = take()
    if (!spans.length) return
    const [text, lost] = write(spans)
    underway.add(spans)
    const body = await gzip(text)
    if (!underway.delete(spans)) return
    if (!(await transport.post(body))) dropped += lost + spans.length
  }
  const leaveWith = (spans: readonly SpanRecord[]) => {
    if (!spans.length) return
    const [text, lost] = write(spans)
    const body = new Blob([text], { type: transport.type })
    const half = spans.length >> 1
    if (body.size > mostBeacon && half) {
      dropped += lost
      leaveWith(spans.slice(0, half))
      leaveWith(spans.slice(half))
    } else if (!transport.leave(body)) dropped += lost + spans.length
  }
  return {
    add: (span) => {
      if (waiting.length >= mostWaiting) dropped++
      else if (waiting.push(span) >= size) void flush()
      else timer ??= setTimeout(flush, delay)
    },
    drop: () => void dropped++,
    flush,
    leave: () => {
      leaveWith([...underway, take()].flat())
      underway.clear()
    },
  }
}
