// pipeline.ts: finished spans of all requests of an isolate, on their way to the collector.

import type { SpanRecord } from 'lightspan/core'
import type { EdgeOptions } from './options.ts'
import { createPost, timeout } from './post.ts'

/** Keeps a promise going after the response is out. */
export type WaitUntil = (promise: Promise<unknown>) => void

/** Takes spans, and sees to it that they leave. */
export interface Pipeline {
  /** Time zero of the spans it takes, in ms since the Unix epoch. */
  origin: number
  /** Takes a finished span. */
  add: (span: SpanRecord) => void
  /** A request is done: what waits may leave in its time. Never throws. */
  kick: (waitUntil: WaitUntil) => void
}

/** Spans that may wait. Beyond it the oldest are dropped and counted. */
const mostWaiting = 2000

/** Spans that make a batch leave before its time, and the most that leave in one. */
const batchSize = 100
const mostBatch = 500

/** Exports under way at once: a collector that hangs holds no more. */
const mostFlights = 3

/** The longest pause after failures, in ms. */
const longestPause = 60_000

/** The longest pause that a request waits for, to try again in its own time, in ms. */
const patience = 10_000

/**
 * How long after it wakes a request may begin an export, in ms: with `delay` before and `timeout` after it that makes
 * less than the 30 s after a response at which platforms end what is left (Cloudflare, "waitUntil").
 */
const stamina = 18_000

/** How much too early a timer may ring by the wall clock, in ms: Node's knows no fractions, and is a ms early at times. */
const early = 2

/** How much later than announced a request may be before another takes its place, in ms. */
const slack = 1000

// Spans in the order in which they ended, and how many have been lost.
const createQueue = () => {
  let waiting: SpanRecord[] = []
  let dropped = 0
  const put = (spans: readonly SpanRecord[]) => {
    const excess = spans.length - mostWaiting
    waiting = spans.slice(Math.max(0, excess))
    dropped += Math.max(0, excess)
  }
  return {
    size: () => waiting.length,
    add: (span: SpanRecord) => {
      if (waiting.push(span) > mostWaiting) put(waiting)
    },
    take: () => {
      const lost = dropped
      dropped = 0
      return { spans: waiting.splice(0, mostBatch), lost }
    },
    giveBack: (spans: readonly SpanRecord[], lost: number) => {
      dropped += lost
      put([...spans, ...waiting])
    },
  }
}

/**
 * Builds the pipeline of one traced handler. What requests share is plain data: none may wait for a
 * promise or a timer of another, so whichever leads does all of its work in its own `waitUntil`.
 */
export const createPipeline = (options: EdgeOptions): Pipeline => {
  const { url, delay = 1000 } = options
  const origin = Date.now()
  const post = createPost(options, origin)
  const queue = createQueue()
  let failures = 0
  let resumeAt = 0
  // Ends of time, in ms since the epoch, of what is under way: a request that is cancelled with an export in hand
  // never says so, and must neither hold its place for ever nor take its spans along unsaid.
  let sleeper = 0
  const flights = new Set<ReturnType<typeof queue.take> & { end: number }>()

  const free = () => {
    const now = Date.now()
    for (const flight of flights)
      if (flight.end <= now && flights.delete(flight)) queue.giveBack(flight.spans, flight.lost)
    // After a failure one goes ahead alone.
    return now >= resumeAt && flights.size < (failures ? 1 : mostFlights)
  }
  const ship = async () => {
    const flight = { end: Date.now() + timeout + slack, ...queue.take() }
    const { spans, lost } = flight
    flights.add(flight)
    const { ok, again, pause } = await post(spans, lost)
    if (!flights.delete(flight)) return // it took too long: its spans wait again, or have left with others
    failures = ok ? 0 : failures + 1
    if (ok) return
    queue.giveBack(again ? spans : [], again ? lost : lost + spans.length)
    const backoff = Math.min(longestPause, 1000 * 2 ** failures)
    resumeAt = Date.now() + Math.max(pause, backoff * (1 + Math.random() / 4))
  }
  const lead = async (wait: number, until?: number) => {
    await new Promise((later) => setTimeout(later, wait))
    if (wait) sleeper = 0
    const last = until ?? Date.now() + stamina
    while (queue.size() && free() && Date.now() <= last) await ship()
    const now = Date.now()
    const pause = resumeAt - now
    const bearable = pause > 0 && pause <= Math.min(patience, last - now)
    // No other request may come to try again.
    if (!until && queue.size() && bearable && now >= sleeper) {
      sleeper = now + pause + slack
      await lead(pause + early, last)
    }
  }
  return {
    origin,
    add: (span) => {
      if (url) queue.add(span)
    },
    kick: (waitUntil) => {
      if (!queue.size() || !free()) return
      const now = Date.now()
      if (queue.size() >= batchSize) waitUntil(lead(0))
      else if (now >= sleeper) {
        sleeper = now + delay + slack
        waitUntil(lead(delay))
      }
    },
  }
}
