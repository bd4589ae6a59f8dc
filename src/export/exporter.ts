// exporter.ts: collects ended spans and sees to it that they arrive, whatever page and network do.

import type { Attributes, SpanRecord } from '../trace/record.ts'
import type { Copies } from './copies.ts'
import { gzip } from './gzip.ts'
import { createPace } from './pace.ts'
import type { Drops } from '../wire/batch.ts'
import type { Transport } from './transport.ts'

/** The parts of an exporter. */
export interface ExporterParts {
  /**
   * Writes spans as one body, with what was lost since the last one, the batch's own number, and attributes of the
   * resource that tell how far the receiver's clock is from the page's; a copy for safety has none of it.
   */
  encode: (
    spans: readonly SpanRecord[],
    lost?: Drops,
    number?: number,
    offset?: Attributes,
  ) => string
  transport: Transport
  /** Spans that make a batch leave before its time. Default 100. */
  size?: number | undefined
  /** How long a span may wait, in ms. Default 2,000. */
  delay?: number | undefined
  /** Whether bodies are compressed while there is time. Default true. */
  compress?: boolean | undefined
  /** Guards against a crash: `crashCopies`. */
  copies?: Copies | undefined
  /** Gives a time of `performance.now()` in ms since the Unix epoch; without it no clocks are compared. */
  at?: ((time: number) => number) | undefined
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
  /** Lets go of what waits, untold: nobody may hear of it any more. */
  forget: () => void
  /** The share of new traces that the receiver wants recorded, where it has said so. */
  rate?: () => number | undefined
}

/** Spans that may wait. Beyond it the oldest of the least worth are dropped. */
const mostWaiting = 3000

/** Spans of one batch. */
const mostSpans = 1000

/** What the platform refuses is split while it is longer than that, in UTF-16 units: a part may find room. */
const longBody = 2e3

/** How soon after the page seemed to go it does go, in ms. Later nothing leaves again: somebody may have said no. */
const soon = 1000

/** A pause from which on even a page that leaves keeps it, in ms. */
const longPause = 1e4

const whenIdle = (work: () => void) => {
  // a timer takes what is no number for 0
  const { requestIdleCallback: idle = setTimeout as never } = globalThis as Partial<
    typeof globalThis
  >
  idle(work, { timeout: 500 })
}

/** Builds an exporter. Nothing is sent, and no timer runs, before the first span. */
// eslint-disable-next-line max-lines-per-function -- one state that all of it changes: as parts it is 100 bytes more
export const createExporter = (parts: ExporterParts): Exporter => {
  const { encode, transport, size = 100, delay = 2000, compress = true, at } = parts
  const { own } = transport
  const copy = parts.copies?.(transport, encode)
  const [pause, note] = createPace()
  let waiting: SpanRecord[] = []
  let most = mostSpans // fewer where a receiver has found them too many
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  // The one batch that is written but not settled; its body, once there is one; and whether that is in flight and
  // either outlives the page or must not be sent twice.
  let current: readonly SpanRecord[] | undefined
  let body: ArrayBuffer | string | undefined
  let flies = false
  // What is lost, and what of it was told with the last batch.
  let lost: Drops | undefined
  let told: Drops | undefined
  let number = 0
  // What the receiver has said besides "taken".
  let rate: number | undefined
  let least = Infinity
  let offset: Attributes | undefined
  // What the last leave was to send, and until when that was just now.
  let left: readonly SpanRecord[] = []
  let until = 0

  const drop = (reason = 'queue', count = 1) => {
    if (count && own) (lost ||= {})[reason] = (lost[reason] || 0) + count
  }
  // Nobody took the last batch.
  const untell = () => {
    for (const reason in told) drop(reason, told[reason])
  }
  const send = async () => {
    do {
      const it = (current ||= waiting.splice(0, most))
      const made = body || (await (compress ? gzip : String)(write(it)))
      if (current != it) continue // the page has left, or seemed to, meanwhile
      const sent = performance.now()
      const [answer, lasting] = transport.post((body = made))
      flies = lasting || !own
      const { taken, retry, large, after, rejected, sample = rate, now } = await answer
      flies = false
      rate = sample
      // Measures as NTP does. The most certain measurement counts, by a ms less certain with each answer that is not.
      const lag = (performance.now() - sent) / 2
      if (at && now && lag < least++) {
        least = lag
        offset = {
          'lightspan.clock.offset': Math.round(now - at(sent + lag)),
          'lightspan.clock.uncertainty': Math.ceil(lag),
        }
      }
      const half = large && it.length >> 1
      if (!half) note(taken, after)
      if (retry || current != it) continue
      if (!taken) untell()
      current = body = undefined
      if (half) waiting.unshift(...it)
      else drop(taken ? 'rejected' : 'refused', taken ? rejected || 0 : it.length)
      most = half || (taken ? mostSpans : most)
      copy?.(waiting, true)
    } while ((current || waiting.length >= Math.min(size, most)) && pause() <= 0)
    running = undefined
    arm()
  }
  const write = (spans: readonly SpanRecord[]): string => {
    told = lost
    lost = undefined
    try {
      return encode(spans, told, number++, offset)
    } catch {
      // Something that JSON has no form for: it must not stop what comes after.
      untell()
      drop('invalid', spans.length)
      return spans[0] ? write([]) : ''
    }
  }
  const arm = () => {
    if (current || waiting[0]) timer ??= setTimeout(whenIdle, Math.max(pause(), delay), flush)
  }
  const flush = async () => {
    clearTimeout(timer)
    timer = undefined
    await running
    if (pause() > 0) arm()
    else if (current || waiting[0] || lost) await (running ||= send())
  }
  // Hands the platform as much as it takes; the rest waits on, for a page that hides may be seen again.
  const leaveWith = (spans: readonly SpanRecord[]) => {
    if (!spans[0] && !lost) return
    const text = write(spans)
    if (transport.leave(text)) return
    const half = spans.length >> 1
    untell()
    if (half && text.length > longBody) {
      leaveWith(spans.slice(0, half))
      leaveWith(spans.slice(half))
    } else waiting.push(...spans)
  }
  const leave = () => {
    if (pause() > longPause) return
    const spans = waiting
    // A tab that closes in Firefox hides after pagehide, often in the midst of our work for that; and what was sent
    // before it hides is lost. Nothing but names of its own tells that engine.
    const now = performance.now()
    const again = own && 'mozInnerScreenX' in globalThis && now < until ? left : []
    left = spans
    until = now + soon
    waiting = []
    if (current && !flies) {
      if (!own || !body || !transport.leave(body)) {
        untell()
        spans.unshift(...current)
      }
      current = body = undefined
    }
    leaveWith([...new Set([...spans, ...again])])
    if (!waiting[0]) copy?.(waiting, true) // else what lies with the platform is the last resort
    arm()
  }
  const add = (span: SpanRecord) => {
    // where there are too many, the oldest that is neither a root nor failed goes; where none is, the last
    if (waiting.push(span) > mostWaiting) {
      const least = waiting.findIndex((it) => it.parentId && it.status < 2)
      waiting.splice(least, 1)
      drop()
    }
    copy?.([span])
    if (waiting.length % size) arm()
    else whenIdle(flush)
  }
  const forget = () => {
    left = []
    waiting = []
    current = body = lost = undefined
    copy?.(waiting, true)
  }
  return { add, drop, flush, leave, forget, rate: () => rate }
}
