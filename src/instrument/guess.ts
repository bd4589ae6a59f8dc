// guess.ts: the interaction that probably causes what starts with nothing active, said to be a guess.

import { sharedSlot, type Noted } from '../trace/context.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import { spanOf } from '../trace/recall.ts'

/** How long after the last thing that is known of it an interaction may still cause others, in ms. */
const settle = 200

/** How long after its input it may at all, in ms. */
const longest = 5000

// One that ended without duration was dropped: a child of it would have no parent.
const mayCause = (it: Noted, now: number) => {
  const { name, start, ended, duration, open, lastEnd = 0 } = it.span || it
  return (
    /^(cl|dr|key|po)/.test(name) && // of clicks, drags, keys and pointers, not of views
    now - start < longest &&
    (!ended || duration) &&
    (open || now - Math.max(start, lastEnd, it.processingEnd || 0) < settle)
  )
}

/**
 * Where `await` is native and was not transformed, what a click's handler starts after it belongs to
 * nobody. With this instrumentation it becomes the click's child, marked `lightspan.context=inferred`, as
 * long as that is the only interaction going on: it has requests under way, or had its last activity less
 * than 200 ms ago. Where something else could be the cause as well, another interaction or a page load, it
 * starts a trace of its own. Spans that the application makes are left to the application; and nothing is
 * guessed where the application keeps its context (`asyncContext`, `zoneContext`).
 */
export const inferredContext = (): Instrumentation => (tracer) => {
  const { start } = tracer
  const slot = sharedSlot()
  const guess: typeof start = (name, options = {}) => {
    const { noted, now, view, active } = tracer
    const last = view()
    const going =
      options.parent === undefined && !slot.kept && !active()
        ? noted.filter((it) => (it == last ? !it.ended : mayCause(it, now()))).map(spanOf)
        : []
    const cause = going.at(-1)
    // what is not for us to say, the tracer knows; the view it guesses itself
    if (!cause) return start(name, options)
    if (going.some(({ traceId }) => traceId != cause.traceId))
      return start(name, { ...options, parent: null })
    return start(name, { ...options, parent: cause }).setAttribute('lightspan.context', 'inferred')
  }
  tracer.start = guess
  return () => {
    if (tracer.start == guess) tracer.start = start
  }
}
