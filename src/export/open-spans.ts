// open-spans.ts: what has not ended yet leaves too, for a page may never come to its end.

import type { Span } from '../trace/span.ts'

/** How often spans that stay open are told of, in ms. */
const heartbeat = 30_000

/** Spans watched at once. */
const mostOpen = 200

/**
 * Watches open spans. `pass` gets copies that end now and are marked `lightspan.open`; the span itself
 * replaces them at the receiver when it ends.
 * @returns what hears of each start, and forgets what has ended; what passes copies of those that are open; the end.
 */
export const createOpenSpans = (now: () => number, pass: (copy: Span) => void) => {
  let open: Span[] = []
  const tell = () => {
    for (const span of open)
      if (!span.ended)
        pass({
          ...span,
          duration: now() - span.start,
          attributes: { ...span.attributes, 'lightspan.open': true },
          events: span.events.map((event) => ({ ...event })), // a hook may change them
        })
  }
  let timer: ReturnType<typeof setInterval> | undefined
  const start = (span: Span) => {
    timer ??= setInterval(tell, heartbeat)
    open = [...open, span].filter((it) => it.flags & 1 && !it.ended).slice(0, mostOpen)
  }
  return [start, tell, () => clearInterval(timer)] as const
}
