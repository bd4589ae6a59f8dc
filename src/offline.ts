// offline.ts: batches that found no receiver wait in IndexedDB, and are sent when there is one again.

import { byteSize } from './browser/byte-size.ts'
import { listen } from './browser/listen.ts'
import { patch } from './browser/patch.ts'
import { createShelf, type Body, type Shelf } from './browser/shelf.ts'
import type { Answer } from './export/answer.ts'
import type { Transport } from './export/transport.ts'
import { createOutbox, isOffline, type Outbox, type OutboxParts } from './outbox.ts'
import { sharedSlot } from './trace/context.ts'
import type { Instrumentation, PageTracer } from './trace/instrumentation.ts'

/** How much is kept, and for how long. */
export interface OfflineOptions {
  /** Bytes of bodies, as they travel, of all tabs of the origin together. Default 1 MiB. */
  bytes?: number | undefined
  /** How long a body is kept, in ms. Default 24 h, which is how long the collector knows a batch again. */
  age?: number | undefined
}

/** What is refused as the page goes is split where it is larger, in bytes. */
const mostBeacon = 6e4

// What the transport posts to, which it tells by a request that is never made.
const addressOf = ({ request }: Transport) => {
  let address = ''
  const note = (to: RequestInfo | URL) => {
    address = new URL(to as string, document.baseURI).href
    return new Promise<Response>(() => {})
  }
  void request(note, '', {})
  return address
}

// What of a compact body tells of spans: how many it holds, and how many were lost before it.
const readCounts = async (body: Body) => {
  const plain = (bytes: ArrayBuffer) =>
    new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')))
  const text = typeof body == 'string' ? body : await plain(body).text()
  return JSON.parse(text) as { m: number; x?: Record<string, number> }
}

// What the page sends goes by here.
const wrap = (
  transport: Transport,
  outbox: Outbox,
  mayKeep: () => boolean,
  lose: OutboxParts['lose'],
) => {
  const { keep, pause, waits, watch } = outbox
  const keepOr = async (body: Body, said: () => Answer): Promise<Answer> =>
    mayKeep() && (await keep(body)) ? { taken: true } : said()
  return [
    patch(transport, 'post', (post) => (body) => {
      if (!mayKeep()) return post(body)
      if (waits()) {
        const unsent = () => ({ taken: false, retry: true, after: pause() })
        return [keepOr(body, unsent), true]
      }
      const [answer, lasting] = post(body)
      return [watch(answer).then((said) => (said.retry ? keepOr(body, () => said) : said)), lasting]
    }),
    patch(transport, 'leave', (leave) => (body) => {
      if (!mayKeep()) return leave(body)
      if (pause() <= 0 && !isOffline()) {
        if (leave(body)) return true
        if (byteSize(body)! >= mostBeacon) return false
      }
      if (!outbox.leave(body))
        void keep(body).then((kept) => kept || leave(body) || lose('offline', body))
      return true
    }),
  ]
}

const prepare = ({ exporter, consent }: PageTracer, { bytes, age }: OfflineOptions) => {
  const transport = exporter.transport as Transport
  const { own, post } = transport
  const lose: OutboxParts['lose'] = (reason, body, count) => {
    if (count) exporter.drop(reason, count)
    // another receiver does not hear of it
    else if (own)
      readCounts(body).then(
        ({ m, x }) => {
          exporter.drop(reason, m)
          for (const before in x) exporter.drop(before, x[before])
        },
        () => {}, // nobody knows how many
      )
  }
  const to = addressOf(transport)
  // What an earlier page has kept may leave before this one has anything to send: to another Lightspan of the page it is
  // no request of the application's either.
  ;(sharedSlot().ingest ||= {})[to] = true
  const shelf = createShelf(bytes ?? 2 ** 20, age ?? 24 * 3600e3, (body) => lose('offline', body))
  let live = true
  const may = () => live && consent() == 'granted'
  const outbox = createOutbox({
    shelf,
    to,
    own,
    may,
    post: (body) => post(body)[0],
    lose,
  })
  const end = () => {
    live = false
    outbox.end()
    shelf.close()
  }
  const undo = wrap(transport, outbox, () => may() && !shelf.isBroken(), lose)
  return { shelf, outbox, may, undo: [...undo, end] }
}

const whenIdle = (work: () => void) =>
  ((globalThis as Partial<typeof globalThis>).requestIdleCallback || setTimeout)(work)

const forget = (shelf: Shelf, outbox?: Outbox) => {
  outbox?.end()
  shelf.clear()
}

/**
 * Keeps batches that found no receiver in IndexedDB, and sends them as they are, oldest first, when the network is
 * back, when the receiver answers again, and when another page of the origin is loaded. Only while the user agrees
 * (`consent` is `granted`) and Global Privacy Control is off; at a no, and under that control, what was kept is
 * forgotten. Where IndexedDB is denied, full or broken, batches wait in memory, as without it. Never throws.
 */
export const offlineSpans =
  (options: OfflineOptions = {}): Instrumentation =>
  (tracer) => {
    const { shelf, outbox, may, undo } = prepare(tracer, options)
    if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) {
      whenIdle(shelf.clear)
      undo.forEach((each) => each())
      return () => {}
    }
    const review = () => {
      if (may()) void outbox.look()
      else if (tracer.consent() == 'denied') forget(shelf, outbox)
    }
    const all = [
      patch(tracer, 'setConsent', (setConsent) => (answer) => {
        setConsent(answer)
        review()
      }),
      listen(globalThis, ['online'], outbox.online),
      // as the page goes there is no time to open it
      listen(globalThis, ['offline'], () => may() && shelf.open()),
      ...undo,
    ]
    whenIdle(review)
    return () => all.forEach((each) => each())
  }
