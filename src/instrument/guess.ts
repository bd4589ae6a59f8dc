// guess.ts: the interaction that probably causes what starts with nothing active, said to be a guess.

import type { Instrumentation } from '../trace/instrumentation.ts'
import type { Span } from '../trace/span.ts'

/** How long after the last thing that is known of it an interaction may still cause others, in ms. */
const settle = 200

/** How long after its input it may at all, in ms. */
const longest = 5000

const interaction = /^(click|drag|key|pointer)/

// One that ended without duration was dropped: a child of it would have no parent.
const mayCause = ({ start, ended, duration, open, lastEnd }: Span, now: number) =>
  (!ended || duration > 0) &&
  now - start < longest &&
  (open > 0 || now - Math.max(start, lastEnd) < settle)

/**
 * Where `await` is native and was not transformed, what a click's handler starts after it belongs to
 * nobody. With this instrumentation it becomes the click's child, marked `lightspan.context=inferred`, as
 * long as that is the only interaction going on: it has requests under way, or had its last activity less
 * than 200 ms ago. Where something else could be the cause as well, another interaction or a page load, it
 * starts a trace of its own. Spans that the application makes are left to the application.
 */
export const inferredContext = (): Instrumentation => (tracer) => {
  const { start } = tracer
  const guess: typeof start = (name, options = {}) => {
    if (options.parent !== undefined || tracer.active()) return start(name, options)
    const now = tracer.now()
    const [one, other] = tracer.noted.filter(
      (span) => interaction.test(span.name) && mayCause(span, now),
    )
    if (!one) return start(name, options)
    const view = tracer.view()
    const going = view && !view.ended ? view : undefined
    // a navigation that the interaction has caused is the nearer cause
    if (!other && going?.traceId == one.traceId) return start(name, options)
    if (other || going) return start(name, { ...options, parent: null })
    return start(name, { ...options, parent: one }).setAttribute('lightspan.context', 'inferred')
  }
  tracer.start = guess
  return () => {
    if (tracer.start == guess) tracer.start = start
  }
}
