// load.ts: the page load as a trace, joined to the server's span that made the page.

import { listen, onLeave } from '../browser/listen.ts'
import { parseTraceparent } from '../propagate/traceparent.ts'
import { setHttpStatus, startHttpSpan } from '../trace/http.ts'
import type { Instrumentation, PageTracer } from '../trace/instrumentation.ts'
import type { Span } from '../trace/span.ts'
import { redactUrl } from '../trace/url.ts'

// Marks of the W3C Navigation Timing processing model, in the names OTel gives them too.
const marks = ['domInteractive', 'domContentLoadedEventEnd', 'domComplete', 'loadEventEnd'] as const

// Who served this page: `Server-Timing: traceparent;desc=…` or `trace;desc=…` (Trace Context Level 2,
// response), else `<meta name="traceparent">`. A document from a cache names somebody else's request.
const servedBy = (entry: PerformanceNavigationTiming | undefined) => {
  const {
    serverTiming = [],
    type,
    deliveryType,
  } = (entry || {}) as Partial<PerformanceNavigationTiming & { deliveryType: string }>
  if (type == 'back_forward' || deliveryType == 'cache') return null
  const metric = serverTiming.find(({ name }) => /^trace(parent)?$/.test(name))
  const meta = document.querySelector<HTMLMetaElement>('meta[name=traceparent]')
  const parent = parseTraceparent(metric?.description || meta?.content)
  // Without its flags: whether this page is recorded is decided here.
  return parent ? { traceId: parent.traceId, spanId: parent.spanId } : null
}

const finish = (
  tracer: PageTracer,
  root: Span,
  url: URL,
  entry: PerformanceNavigationTiming | undefined,
) => {
  if (root.ended) return
  for (const mark of marks) if (entry?.[mark]) root.addEvent(mark, {}, entry[mark])
  if (entry?.responseEnd) {
    const request = startHttpSpan(tracer, 'GET', url, {
      start: Math.max(0, entry.fetchStart), // Firefox gives times from before its own time zero
      parent: root,
    })
    if (entry.responseStatus) setHttpStatus(request, entry.responseStatus)
    request.setAttribute('http.response.body.size', entry.encodedBodySize || undefined)
    request.end(entry.responseEnd)
  }
  root.end(entry?.loadEventEnd || tracer.now())
}

/** Traces the page load: a root from time zero to the end of the load event, the document's request as child. */
export const loadSpans = (): Instrumentation => (tracer) => {
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  const url = new URL(location.href)
  const root = tracer.start('page load', {
    parent: servedBy(entry),
    start: 0,
    attributes: { 'url.full': redactUrl(url), 'lightspan.navigation.type': entry?.type },
  })
  const end = () => finish(tracer, root, url, entry)
  tracer.setView(root)
  // One task later `loadEventEnd` is known.
  const later = () => setTimeout(end)
  if (document.readyState == 'complete') later()
  const undo = [listen(globalThis, ['load'], later), onLeave(end)]
  return () => undo.forEach((each) => each())
}
