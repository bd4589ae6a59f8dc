// exporter.ts: collects ended spans and sees to it that they arrive, whatever page and network do.

import type { SpanRecord } from '../trace/record.ts'
import type { Copies } from './copies.ts'
import { createDrops, type Drops } from './drops.ts'
import { gzip } from './gzip.ts'
import { createPace } from './pace.ts'
import type { Answer } from './answer.ts'
import type { Transport } from './transport.ts'

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
  /** Guards against a crash: `crashCopies`. */
  copies?: Copies | undefined
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

/** A body that is refused is split where it is longer than that, which the platform's limit may have caused. */
const longBody = 2e4

/** How soon after the page seemed to go it does go, in ms. */
const soon = 1000

/** A pause from which on even a page that leaves keeps it, in ms. */
const longPause = 1e4

const whenIdle = (work: () => void) => {
  const { requestIdleCallback: idle } = globalThis as Partial<typeof globalThis>
  if (idle) idle(work, { timeout: 500 })
  else setTimeout(work)
}

// Adds a span; where there are too many, the oldest that is neither a root nor failed goes. Returns how many went.
const shed = (waiting: SpanRecord[], span: SpanRecord) => {
  if (waiting.push(span) <= mostWaiting) return 0
  const least = waiting.findIndex((it) => it.parentId && it.status < 2)
  return waiting.splice(Math.max(0, least), 1).length
}

// What waits, and the one batch that is written but not settled.
interface State {
  waiting: SpanRecord[]
  current?: readonly SpanRecord[] | undefined
  /** Its body, once there is one. */
  body?: ArrayBuffer | string | undefined
  /** Whether it is in flight in a manner that outlives the page; undefined while it is not in flight. */
  safe?: boolean | undefined
}

// Posts the body of the current batch.
const ask = async (state: State, { post }: Transport, body: ArrayBuffer | string) => {
  const [answer, lasting] = post((state.body = body))
  state.safe = lasting
  const said = await answer
  state.safe = undefined
  return said
}

// Numbers batches as it writes them, with what was lost before.
const createWrite = (
  encode: ExporterParts['encode'],
  [drop, tell, untell]: ReturnType<typeof createDrops>,
) => {
  let number = 0
  return (spans: readonly SpanRecord[]) => {
    try {
      return encode(spans, tell(), number++)
    } catch {
      // Something that JSON has no form for, such as a bigint: it must not stop what comes after.
      untell()
      drop('invalid', spans.length)
      return encode([], tell(), number++)
    }
  }
}

// Hands the platform as much as it takes; the rest waits on, for a page that hides may be seen again.
const createLeave = (
  state: State,
  transport: Transport,
  write: (spans: readonly SpanRecord[]) => string,
  [, , untell, owes]: ReturnType<typeof createDrops>,
) => {
  const { own } = transport
  let until = 0
  let gone: readonly SpanRecord[] = []
  const leaveWith = (spans: readonly SpanRecord[]) => {
    if (!spans[0] && !owes()) return
    const body = write(spans)
    if (transport.leave(body)) return
    untell()
    const half = spans.length >> 1
    if (half && (half > 9 || body.length > longBody)) {
      leaveWith(spans.slice(0, half))
      leaveWith(spans.slice(half))
    } else state.waiting.push(...spans)
  }
  return () => {
    const { waiting, current, body, safe } = state
    const now = performance.now()
    // A tab that closes in Firefox hides after pagehide, often in the midst of our work for that; and what was sent
    // before it hides is lost. Nothing but names of its own tells that engine.
    const again = own && 'mozInnerScreenX' in globalThis && now < until ? gone : []
    gone = waiting
    until = now + soon
    state.waiting = []
    if (current && !safe && (own || safe == undefined)) {
      if (!(own && body && transport.leave(body))) {
        untell()
        waiting.unshift(...current)
      }
      state.current = state.body = undefined
    }
    leaveWith([...new Set([...waiting, ...again])])
  }
}

/** Builds an exporter. Nothing is sent, and no timer runs, before the first span. */
export const createExporter = (parts: ExporterParts): Exporter => {
  const { encode, transport, size, delay, compress = true, onAnswer } = parts
  const [pause, note] = createPace()
  const drops = createDrops(transport.own)
  const [drop, , untell, owes] = drops
  const [cover, forget] = parts.copies?.(transport, encode) || [() => {}, () => {}]
  const state: State = { waiting: [] }
  let most = mostSpans // fewer where a receiver has found them too many
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  const write = createWrite(encode, drops)
  const leaveAll = createLeave(state, transport, write, drops)
  const arm = () => {
    if (!state.current && !state.waiting[0]) return
    timer ??= setTimeout(whenIdle, Math.max(delay, pause()), flush)
  }
  const settle = ({ taken, rejected }: Answer, spans: readonly SpanRecord[], half: number) => {
    state.current = state.body = undefined
    if (!taken) untell()
    if (half) state.waiting.unshift(...spans)
    else drop(taken ? 'rejected' : 'refused', taken ? rejected || 0 : spans.length)
    most = half || (taken ? Math.min(mostSpans, most * 2) : most)
    forget()
    cover(() => state.waiting)
  }
  const send = async () => {
    do {
      const it = (state.current ||= state.waiting.splice(0, most))
      const body = state.body || (await (compress ? gzip(write(it)) : write(it)))
      if (state.current != it) continue // the page has left, or seemed to, meanwhile
      const sent = performance.now()
      const said = await ask(state, transport, body)
      const half = said.large ? it.length >> 1 : 0
      if (!half) note(said.taken, said.after)
      onAnswer?.(said, sent)
      if (state.current == it && !said.retry) settle(said, it, half)
    } while ((state.current || state.waiting.length >= Math.min(size, most)) && pause() <= 0)
    running = undefined
    arm()
  }
  const flush = async () => {
    timer = void clearTimeout(timer)
    await running
    if (pause() > 0) arm()
    else if (state.current || state.waiting[0] || owes()) await (running ||= send())
  }
  const leave = () => {
    if (pause() > longPause) return
    leaveAll()
    if (!state.waiting[0]) forget()
    arm()
  }
  const add = (span: SpanRecord) => {
    drop('queue', shed(state.waiting, span))
    if (state.waiting.length % size) arm()
    else whenIdle(flush)
    cover(() => state.waiting)
  }
  return { add, drop, flush, leave }
}
