// exporter.ts: collects ended spans and sees to it that they arrive, whatever page and network do.

import type { SpanRecord } from '../trace/record.ts'
import { createCopies } from './copies.ts'
import { createDrops, type Drops } from './drops.ts'
import { gzip } from './gzip.ts'
import { createPace } from './pace.ts'
import type { Answer, Transport } from './transport.ts'

/** The parts of an exporter. */
export interface ExporterParts {
  /**
   * Writes spans as one body, with what was lost since the last one and the batch's own number; a copy
   * for safety has neither.
   */
  encode: (spans: readonly SpanRecord[], lost?: Drops, number?: number) => string
  transport: Transport
  /** Spans that make a batch leave before its time. */
  size: number
  /** How long a span may wait, in ms. */
  delay: number
  /** Whether bodies are compressed while there is time. Default true. */
  compress?: boolean | undefined
  /** Hears what a receiver said to a batch, and when that was sent, in ms of `performance.now()`. */
  onAnswer?: ((answer: Answer, sent: number) => void) | undefined
}

/** Takes ended spans and sees to it that they leave. */
export interface Exporter {
  add: (span: SpanRecord) => void
  /** Counts spans that were lost, here or before they came here. */
  drop: (reason?: string, count?: number) => void
  /** Sends what waits. Resolves when the receiver has answered, or must be left alone; never rejects. */
  flush: () => Promise<void>
  /** Sends what waits, and what is on its way in a manner that ends with the page. */
  leave: () => void
}

/** Spans that may wait. Beyond it the oldest of the least worth are dropped. */
const mostWaiting = 3000

/** Spans of one batch. */
const mostSpans = 1000

/** Body bytes of one beacon: the platform's 65,536 in flight, less room for another. */
const mostBeacon = 6e4

/** A pause from which on even a page that leaves keeps it, in ms. */
const longPause = 1e4

const whenIdle = (work: () => void) => {
  const { requestIdleCallback: idle } = globalThis as Partial<typeof globalThis>
  if (idle) idle(work, { timeout: 500 })
  else setTimeout(work)
}

// Of those that wait, the oldest that is neither a root nor failed.
const shed = (waiting: SpanRecord[]) =>
  waiting.splice(
    Math.max(
      0,
      waiting.findIndex((it) => it.parentId && it.status < 2),
    ),
    1,
  )

/** Builds an exporter. Nothing is sent, and no timer runs, before the first span. */
export const createExporter = (parts: ExporterParts): Exporter => {
  const { encode, transport, size, delay, compress = true, onAnswer } = parts
  const [pause, note] = createPace()
  const [drop, tell, untell] = createDrops()
  const [cover, forget] = createCopies(transport.later, encode)
  let waiting: SpanRecord[] = []
  // The one batch that is written but not settled: its spans, and its body once there is one.
  let current: readonly SpanRecord[] | undefined
  let body: ArrayBuffer | string | undefined
  // Whether it is in flight in a manner that outlives the page; undefined while it is not in flight.
  let safe: boolean | undefined
  let number = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined

  const write = (spans: readonly SpanRecord[]) => encode(spans, tell(), number++)
  const arm = () => {
    if (current || waiting[0]) timer ??= setTimeout(whenIdle, Math.max(delay, pause()), flush)
  }
  const coverAll = () => cover(() => waiting)
  const settle = ({ taken, rejected }: Answer, count: number) => {
    current = body = undefined
    forget()
    coverAll()
    if (taken) return drop('rejected', rejected || 0)
    drop('refused', count)
    untell()
  }
  const send = async () => {
    do {
      const it = (current ||= waiting.splice(0, mostSpans))
      const text = body || write(it)
      const packed = compress && text != body ? await gzip(text as string) : text
      if (current != it) continue // the page has left, or seemed to, meanwhile
      body = packed
      const sent = performance.now()
      const [answer, lasting] = transport.post(body)
      safe = lasting
      const said = await answer
      safe = undefined
      note(said.taken, said.after)
      onAnswer?.(said, sent)
      if (current == it && !said.retry) settle(said, it.length)
    } while ((current || waiting.length >= size) && pause() <= 0)
    running = undefined
    arm()
  }
  const flush = async () => {
    clearTimeout(timer)
    timer = undefined
    await running
    if (pause() > 0) arm()
    else if (current || waiting[0]) await (running ||= send())
  }
  // As much as the platform takes; the rest waits on, for a page that hides may be seen again.
  const leaveWith = (spans: readonly SpanRecord[]) => {
    if (!spans[0]) return
    const blob = new Blob([write(spans)], { type: transport.type })
    if (blob.size < mostBeacon && transport.leave(blob)) return
    untell()
    const half = spans.length >> 1
    if (half && (half > 9 || blob.size > mostBeacon)) {
      leaveWith(spans.slice(0, half))
      leaveWith(spans.slice(half))
    } else waiting.push(...spans)
  }
  const leave = () => {
    if (pause() > longPause) return
    const spans = waiting
    waiting = []
    if (current && !safe && (transport.own || safe == undefined)) {
      const taken =
        transport.own && body && transport.leave(new Blob([body], { type: transport.type }))
      if (!taken) {
        untell()
        spans.unshift(...current)
      }
      current = body = undefined
    }
    leaveWith(spans)
    if (!waiting[0]) forget()
    arm()
  }
  const add = (span: SpanRecord) => {
    if (waiting.push(span) > mostWaiting) {
      shed(waiting)
      drop()
    }
    if (waiting.length % size) arm()
    else whenIdle(flush)
    coverAll()
  }
  return { add, drop, flush, leave }
}
