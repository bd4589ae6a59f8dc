// tail.ts: traces that sampling left out, kept for a while, and recorded after all where one of their spans asks for it.

import { attempt } from '../browser/attempt.ts'
import { patch } from '../browser/patch.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import { methodsOf } from '../trace/methods.ts'
import type { Attributes, SpanRecord } from '../trace/record.ts'
import type { Span } from '../trace/span.ts'

/** Options of `tailSampling`. */
export interface TailOptions {
  /**
   * Whether the trace of a span that has ended is to be recorded; asked of unsampled spans for which nothing else
   * speaks. Where it throws, the answer is no.
   */
  keep?: (span: SpanRecord) => boolean
  /** Room for spans that may be asked for yet, in bytes, by estimate. Default 200,000. */
  bytes?: number
}

/** Traces that are remembered as recorded, or as no longer whole. */
const mostTraces = 200

// What an engine takes for a span beside its texts, and for an attribute, an event or a link.
const spanSize = 400
const partSize = 24

const sizeOf = (of: Attributes) => {
  let size = 0
  for (const name in of) {
    const value = of[name]
    size += partSize
    if (Array.isArray(value)) size += value.join().length
    else if (typeof value == 'string') size += value.length
  }
  return size
}

const sizeOfSpan = ({ name, attributes, events, links }: SpanRecord) =>
  [...events, ...links].reduce(
    (sum, it) => sum + 4 * partSize + sizeOf(it.attributes),
    spanSize + name.length + sizeOf(attributes),
  )

const poor = ({ events }: SpanRecord) =>
  events.some(({ attributes }) => attributes['browser.web_vital.rating'] == 'poor')

// A client's 4xx is an error by convention, but mostly the application's way to say no.
const failed = ({ status, attributes }: SpanRecord) => {
  const code = Number(attributes['http.response.status_code'])
  return code >= 400 ? code >= 500 : status == 2
}

// OTel probability sampling: what was not chosen by chance has no threshold, for its weight is unknown.
const withoutThreshold = (state: string) =>
  state
    .split(',')
    .map((member) => {
      const [, list] = /^\s*ot=(.*)/.exec(member) || []
      const rest = list?.split(';').filter((it) => !it.startsWith('th:'))
      return rest ? rest[0] && `ot=${rest.join(';')}` : member
    })
    .filter(Boolean)
    .join() || undefined

const cap = (of: Map<string, unknown> | Set<string>) => {
  if (of.size > mostTraces) of.delete(of.keys().next().value!)
}

// The latest spans that have ended, the oldest of which go where there is no room.
const createRing = (room: number) => {
  let ring: [span: Span, size: number][] = []
  let used = 0
  const gone = new Map<string, number>()
  return {
    hold: (span: Span) => {
      const size = sizeOfSpan(span)
      ring.push([span, size])
      used += size
      while (used > room) {
        const [{ traceId }, freed] = ring.shift()!
        used -= freed
        gone.set(traceId, (gone.get(traceId) || 0) + 1)
        cap(gone)
      }
    },
    /** The spans of a trace, and how many of it had gone before. */
    take: (id: string) => {
      const taken = ring.filter(([{ traceId }]) => traceId == id)
      ring = ring.filter(([{ traceId }]) => traceId != id)
      used -= taken.reduce((sum, [, size]) => sum + size, 0)
      return [taken.map(([span]) => span), gone.get(id)] as const
    },
  }
}

/**
 * Records traces that `sample` has left out where one of their spans has failed (a 4xx of a request alone is no
 * failure), got a 5xx, holds a poor web vital or is asked for by `keep`: what has ended of the trace, what is open,
 * and what is still to come; with a poor vital also the trace that explains it. Such spans say
 * `lightspan.sampled_by` = `tail` and have no threshold: they count for themselves alone. What servers were told
 * stays told: they saw an unsampled trace.
 */
export const tailSampling =
  ({ keep = () => false, bytes = 200_000 }: TailOptions = {}): Instrumentation =>
  (tracer) => {
    const kept = new Set<string>()
    const { hold, take } = createRing(bytes)
    const here = new URL(location.href)
    const methods = methodsOf(tracer)
    const { end } = methods

    // Ends it once more, as a span that is sampled; its flags stay as others were told.
    const record = (span: Span, missing?: number) => {
      const { flags, traceState, start, duration } = span
      span.ended = false
      span.setAttributes({ 'lightspan.sampled_by': 'tail', 'lightspan.tail.missing': missing })
      span.traceState = traceState && withoutThreshold(traceState)
      span.flags |= 1
      end.call(span, start + duration)
      span.flags = flags
    }
    const promote = (id: string) => {
      if (kept.has(id)) return
      kept.add(id)
      cap(kept)
      const [spans, missing] = take(id)
      spans.forEach((span, at) => record(span, at ? undefined : missing))
    }
    const see = (span: Span) => {
      const { traceId, flags, links } = span
      // not of somebody who said no, who may change their mind
      if (!tracer.headers(span, here)) return
      const bad = poor(span)
      if (bad) links.forEach((link) => promote(link.traceId))
      if (flags & 1) return
      if (kept.has(traceId)) return record(span)
      hold(span)
      if (bad || failed(span) || attempt(() => keep(span))) promote(traceId)
    }
    return patch(
      methods,
      'end',
      (original) =>
        function (this: Span, time) {
          const { ended } = this
          original.call(this, time)
          if (!ended) attempt(() => see(this))
        },
    )
  }
