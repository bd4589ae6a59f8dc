// load.ts: the page load as a trace, joined to the server's span that made the page.

import { listen, onLeave } from '../browser/listen.ts'
import { afterPaint } from '../browser/paint.ts'
import { parseTraceparent } from '../propagate/traceparent.ts'
import { setHttpStatus, startHttpSpan } from '../trace/http.ts'
import type { Instrumentation, PageTracer } from '../trace/instrumentation.ts'
import { note } from '../trace/recall.ts'
import type { Span } from '../trace/span.ts'

type Entry = PerformanceNavigationTiming & {
  deliveryType: string
  activationStart: number
  notRestoredReasons: { reasons: { reason: string }[] } | null
}

// Marks of the W3C Navigation Timing processing model, in the names OTel gives them too.
const marks = [
  'domInteractive',
  'domContentLoadedEventStart',
  'domContentLoadedEventEnd',
  'domComplete',
  'loadEventStart',
  'loadEventEnd',
] as const

/** A server's span that is older than this made another page than this one, in ms. */
const longest = 120_000

// Who served this page: `Server-Timing: traceparent;desc=…` or `trace;desc=…` (Trace Context Level 2,
// response), else `<meta name="traceparent">`; and why that may be somebody else's request: the document
// came from a cache, was made long ago (`dur=` of that metric or `data-time`, ms since the Unix epoch), or named
// the same span to an earlier load of this tab.
const servedBy = (tracer: PageTracer, entry: Partial<Entry>) => {
  const { serverTiming = [], deliveryType, transferSize, responseEnd } = entry
  const metric = serverTiming.find(
    ({ name, description }) => description && /^trace(parent)?$/.test(name),
  )
  const meta = document.querySelector<HTMLMetaElement>('meta[name=traceparent]')
  const header = metric?.description || meta?.content
  const parent = header && parseTraceparent(header)
  if (!parent) return []
  const { traceId, spanId } = parent
  const made = metric ? metric.duration : meta!.dataset.time
  const stale =
    deliveryType == 'cache' || (responseEnd && transferSize == 0)
      ? 'cache'
      : performance.timeOrigin - +(made || Infinity) > longest
        ? 'age'
        : tracer.claim?.(spanId) == false && 'claimed'
  // Without its flags: whether this page is recorded is decided here.
  return [{ traceId, spanId }, stale] as const
}

const finish = (tracer: PageTracer, root: Span, href: string, entry: Partial<Entry>) => {
  if (root.ended) return
  const { activationStart, notRestoredReasons, responseEnd, responseStatus } = entry
  const { redirectStart, redirectEnd, workerStart, fetchStart } = entry
  // A prerendered page begins when it is shown.
  if (activationStart) root.start = activationStart
  root.setAttributes({
    'lightspan.navigation.prerendered': activationStart ? true : undefined,
    'lightspan.navigation.not_restored_reasons': notRestoredReasons?.reasons?.map(
      ({ reason }) => reason,
    ),
  })
  for (const mark of marks) if (entry[mark]) root.addEvent(mark, {}, entry[mark])
  if (responseEnd)
    tracer.later(() => {
      const request = startHttpSpan(tracer, 'GET', new URL(href), {
        // its first event, which may be at 0; Firefox gives times from before its own time zero
        start: Math.max(0, redirectEnd ? redirectStart! : workerStart || fetchStart!),
        parent: root,
      })
      if (responseStatus) setHttpStatus(request, responseStatus)
      tracer.timing?.(request, entry)
      request.setAttribute('http.request.resend_count', entry.redirectCount || undefined)
      request.end(responseEnd)
    })
  root.end(Math.max(entry.loadEventEnd || tracer.now(), activationStart || 0))
}

/**
 * Traces the page load: a root from time zero (where it was prerendered, from its activation) to the end
 * of the load event, the document's request as child; and each return from the back/forward cache.
 */
export const loadSpans = (): Instrumentation => (tracer) => {
  const entry = (performance.getEntriesByType('navigation')[0] || {}) as Partial<Entry>
  const { href } = location
  const [served, stale] = servedBy(tracer, entry)
  const begin = (type: string | undefined, start: number, parent: typeof served | null = null) => {
    const span = tracer.start('page load', {
      parent,
      start,
      attributes: {
        'url.full': tracer.redact(location),
        'lightspan.navigation.type': type,
      },
    })
    tracer.setView(span)
    note(tracer, span)
    return span
  }
  const root = begin(entry.type, 0, stale ? null : served)
  if (served && stale) root.addLink(served, { 'lightspan.stale': stale })

  const end = () => {
    if (!(document as { prerendering?: boolean }).prerendering) finish(tracer, root, href, entry)
  }
  // One task later `loadEventEnd` is known.
  const later = () => setTimeout(end)
  if (document.readyState == 'complete') later()
  const undo = [
    listen(globalThis, ['load'], later),
    listen(document, ['prerenderingchange'], () => document.readyState == 'complete' && later()),
    listen(
      globalThis,
      ['pageshow'],
      ({ timeStamp, persisted }: Event & { persisted?: boolean }) => {
        if (!persisted) return
        const before = tracer.view()
        const span = begin('back_forward_cache', timeStamp)
        if (before) span.addLink(before)
        afterPaint(tracer.now, (painted) => span.end(painted))
      },
    ),
    onLeave(end),
  ]
  return () => undo.forEach((each) => each())
}
