// streams.ts: what still came of a response after the span of its request had ended at the headers.

import { listen } from '../browser/listen.ts'
import { observe } from '../browser/observe.ts'
import { patch } from '../browser/patch.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import type { Attributes, AttributeValue } from '../trace/record.ts'
import type { Span } from '../trace/span.ts'

/** Requests whose entry is awaited at most. */
const most = 50

/** How far from the call its entry may start, in ms. */
const close = 50

// A request as it was called: what sees its span end may change that.
interface Call {
  url: AttributeValue | undefined
  start: number
}

/**
 * Records `{method} stream` where a response to `fetch` went on for so long that the span of its request ended at the
 * headers: from there to the last byte, beside that span, and linked to it. One that is open as the page goes ends
 * there. The end comes from ResourceTiming; of the response nothing is read, cloned or wrapped. Where several requests
 * for one address could own an entry, it abstains. To be started after `fetchSpans`.
 */
export const streamSpans = (): Instrumentation => (tracer) => {
  const calls = new Map<Span, Call>()
  const settle = (span: Span, end: number, more?: Attributes) => {
    const { name, parentId = span.spanId, duration } = span
    const { url, start } = calls.get(span)!
    calls.delete(span)
    if (more && span.attributes['lightspan.ended_at'] == 'headers')
      tracer
        .start(name + ' stream', {
          // a copy: what waits for its children to end has not waited for this one
          parent: { ...span, spanId: parentId },
          start: start + duration,
          attributes: { 'url.full': url, ...more },
        })
        .addLink(span)
        .end(end)
  }
  const hear = (entry: PerformanceResourceTiming) => {
    const about = tracer.redact(new URL(entry.name))
    const owners = [...calls].filter(
      ([, { url, start }]) => url == about && Math.abs(entry.startTime - start) < close,
    )
    const size = { 'http.response.body.size': entry.encodedBodySize || undefined }
    // of two nobody knows which one goes on
    for (const [span] of owners) settle(span, entry.responseEnd, owners[1] ? undefined : size)
  }
  const take = observe(
    ['resource'],
    (entries) =>
      // after `fetchSpans`, to which it may be the end of its span
      tracer.later(() => {
        for (const entry of entries as PerformanceResourceTiming[])
          if (entry.initiatorType == 'fetch') hear(entry)
      }),
    { buffered: false },
  )
  const undo = [
    take,
    patch(tracer, 'start', (original) => (name, options) => {
      const span = original(name, options)
      if (options?.kind == 3)
        calls.set(span, { url: span.attributes['url.full'], start: span.start })
      if (calls.size > most) calls.delete(calls.keys().next().value!)
      return span
    }),
    listen(globalThis, ['pagehide'], () => {
      take(true)
      tracer.later(() => {
        for (const span of calls.keys())
          settle(span, tracer.now(), { 'lightspan.ended_by': 'leave' })
      })
    }),
  ]
  return () => undo.forEach((each) => each())
}
