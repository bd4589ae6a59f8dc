// exporter.ts: a span exporter for OpenTelemetry SDKs that speaks Lightspan's compact format.

import { context } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { encodeCompact, gzip } from 'lightspan/core'
import { toAttributes } from './attributes.ts'
import { groupSpans, toRecord, type EndedSpan, type Group } from './ended-span.ts'

/** Where to send, and how. */
export interface ExporterOptions {
  /** The full ingest URL of a Lightspan collector (`…/v1/spans`). */
  url: string
  /** Public ingest key; travels in the body. */
  key?: string | undefined
  /** Extra request headers. In a page they force a CORS preflight. */
  headers?: Record<string, string> | undefined
  /** What sends. Default: the platform's, as it is when the exporter is made. */
  fetch?: typeof fetch | undefined
}

/** OTel's `ExportResult`: 0 the receiver has them, 1 it has not. */
export interface ExportOutcome {
  code: 0 | 1
  error?: Error
}

/** OTel's `SpanExporter`. */
export interface CompactSpanExporter {
  /**
   * Sends ended spans, and calls `done` once. With 30 batches under way another is dropped, and told so at once:
   * code 1, with an error that says the limit. The next batch tells the receiver how many spans that were.
   */
  export: (spans: EndedSpan[], done: (outcome: ExportOutcome) => void) => void
  /** Resolves when nothing is on its way any more. */
  forceFlush: () => Promise<void>
  shutdown: () => Promise<void>
}

/** Characters below which compression costs more than it saves. */
const smallBody = 1024

/** How long one request may take, in ms. */
const patience = 10_000

/** Pauses before a batch that was not taken is sent again, in ms; then it is given up. */
const pauses = [1000, 4000]

/** The longest pause that a receiver may ask for, in ms. */
const longestPause = 30_000

/** Batches that may be under way, and requests at once, as in OpenTelemetry's own exporters (`concurrencyLimit`). */
const mostUnderway = 30

const write = (
  { resource, scope, spans }: Group,
  key: string | undefined,
  lost: number,
): string => {
  const origin = Math.min(...spans.map(({ startTime }) => startTime[0] * 1e3))
  const wall = Date.now()
  return encodeCompact({
    resource: toAttributes(resource),
    scope,
    origin,
    sent: wall - origin,
    wall,
    key,
    dropped: lost ? { queue: lost } : undefined,
    spans: spans.map((span) => toRecord(span, origin)),
  })
}

const outcomeOf = (all: readonly PromiseSettledResult<void>[]): ExportOutcome => {
  const failed = all.find((each) => each.status == 'rejected')
  return failed ? { code: 1, error: failed.reason as Error } : { code: 0 }
}

// Lets so many works run at once; more of them wait, in their order.
const createTurns = (most: number) => {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work: () => Promise<void>): Promise<void> => {
    if (running < most) running++
    else await new Promise<void>((turn) => waiting.push(turn))
    try {
      await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}

const wait = (ms: number) => new Promise((later) => setTimeout(later, ms))

// Sends a text until it is taken, refused or given up, which it is sooner once `open` says no more. Throws what hinders it.
const createPersist = (
  { url, headers, fetch: send = globalThis.fetch }: ExporterOptions,
  open: () => boolean,
) => {
  const post = (body: BodyInit) =>
    context.with(suppressTracing(context.active()), () =>
      send.call(globalThis, url, {
        method: 'POST',
        body,
        // Followed, it may become a GET, whose answer says nothing of the batch.
        redirect: 'manual',
        headers: { 'content-type': 'text/plain', ...headers },
        signal: AbortSignal.timeout(patience),
      }),
    )
  const attempt = async (body: BodyInit): Promise<{ error?: Error; pause?: number }> => {
    try {
      const response = await post(body)
      await response.body?.cancel() // unread, it would hold its connection
      if (response.ok) return {}
      const error = new Error(`lightspan: ${url} answered ${response.status}`)
      if (!/^(408|429|50[234])$/.test(`${response.status}`)) return { error }
      const said = response.headers.get('retry-after')!
      const asked = Number(said) * 1e3 || Date.parse(said) - Date.now() || 0
      return { error, pause: Math.min(asked, longestPause) }
    } catch (error) {
      return { error: error as Error, pause: 0 }
    }
  }
  return async (text: string): Promise<void> => {
    const body = text.length < smallBody ? text : await gzip(text)
    for (let round = 0; ; round++) {
      const { error, pause } = await attempt(body)
      if (!error) return
      if (pause === undefined || round >= pauses.length || !open()) throw error
      await wait(Math.max(pause, pauses[round]!))
    }
  }
}

/**
 * Builds the exporter: `new BatchSpanProcessor(createSpanExporter({ url }))`. A batch is sent once for
 * each resource and scope in it; a receiver that is away or busy is asked again, twice. At most 30 batches
 * and 30 requests are under way: what comes beyond them is dropped, and counted. Requests make no spans of
 * their own. No method throws.
 */
export const createSpanExporter = (options: ExporterOptions): CompactSpanExporter => {
  const underway = new Set<Promise<void>>()
  const inTurn = createTurns(mostUnderway)
  let open = true
  const persist = createPersist(options, () => open)
  // Spans that there was no room for, and that no receiver has been told of yet.
  let lost = 0

  const deliver = (group: Group) =>
    inTurn(async () => {
      const told = lost
      lost = 0
      try {
        await persist(write(group, options.key, told))
      } catch (error) {
        lost += told
        throw error
      }
    })
  const settled = async () => void (await Promise.allSettled(underway))
  return {
    export: (spans, done) => {
      if (!open) return done({ code: 1, error: new Error('lightspan: the exporter is shut down') })
      if (underway.size >= mostUnderway) {
        lost += spans.length
        const why = `${mostUnderway} batches are under way, the limit; spans dropped: ${spans.length}`
        return done({ code: 1, error: new Error(`lightspan: ${why}`) })
      }
      // All are waited for: one that has failed says nothing of the others, which are still on their way.
      const running = Promise.allSettled(groupSpans(spans).map(deliver))
        .then((all) => done(outcomeOf(all)))
        .finally(() => underway.delete(running))
      underway.add(running)
    },
    forceFlush: settled,
    shutdown: () => {
      open = false
      return settled()
    },
  }
}
