// open-spans.ts: what has not ended yet leaves too, for a page may never come to its end.

import type { Span } from '../trace/span.ts'

/** How often spans that stay open are told of, in ms. */
const heartbeat = 30_000

/** Spans watched at once. */
const mostOpen = 200

/**
 * Watches open spans. `pass` gets copies that end now and are marked `lightspan.open`; the span itself
 * replaces them at the receiver when it ends.
 * @returns what hears of each start; what passes copies of those that are open for `least` ms; the end.
 */
export const createOpenSpans = (now: () => number, pass: (copy: Span) => void) => {
  const open = new Set<Span>()
  const tell = (least = 0) => {
    const time = now()
    for (const span of open) {
      const duration = time - span.start
      if (span.ended) open.delete(span)
      else if (duration >= least)
        pass({
          ...span,
          duration,
          attributes: { ...span.attributes, 'lightspan.open': true },
          events: [...span.events],
        })
    }
  }
  const timer = setInterval(tell, heartbeat, heartbeat)
  const start = (span: Span) => {
    if (open.size >= mostOpen) tell(Infinity) // lets those go that have ended
    if (span.flags & 1 && open.size < mostOpen) open.add(span)
  }
  return [start, tell, () => clearInterval(timer)] as const
}
