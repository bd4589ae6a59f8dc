// resources.ts: what the page load fetched beside its document: what matters as spans, the rest in sums.

import { listen, onLeave } from '../browser/listen.ts'
import { observe } from '../browser/observe.ts'
import { setHttpStatus, startHttpSpan } from '../trace/http.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'

type Entry = PerformanceResourceTiming & { renderBlockingStatus?: string }

/** Options of `resourceSpans`. */
export interface ResourceOptions {
  /** A resource that took longer is a span, in ms. Default 500. */
  slow?: number
  /** Spans of resources in one page load. Default 20. */
  most?: number
}

interface Sum {
  count: number
  bytes: number
  slowest: number
}

/**
 * Records, as children of the page load, resources that block rendering, fail or are slow; of all others
 * their number, bytes and slowest by type, in `lightspan.resource.summary` events of a span of their own.
 * Requests by script are left to their own instrumentations.
 */
export const resourceSpans =
  ({ slow = 500, most = 20 }: ResourceOptions = {}): Instrumentation =>
  (tracer) => {
    const load = tracer.view()
    if (!load) return () => {}
    const sums = new Map<string, Sum>()
    let left = most
    let done = false

    const see = (entry: Entry) => {
      const { name, startTime, duration, initiatorType, responseEnd } = entry
      if (done || /^(fetch|xmlhttprequest|beacon)$/.test(initiatorType) || !/^http/.test(name))
        return
      const failed = entry.responseStatus >= 400
      if ((failed || duration > slow || entry.renderBlockingStatus == 'blocking') && left-- > 0) {
        const span = startHttpSpan(tracer, 'GET', new URL(name), { parent: load, start: startTime })
        span.setAttribute('lightspan.resource.type', initiatorType)
        if (entry.responseStatus) setHttpStatus(span, entry.responseStatus)
        tracer.timing(span, entry)
        span.end(responseEnd)
        return
      }
      const sum = sums.get(initiatorType) || { count: 0, bytes: 0, slowest: 0 }
      sum.count++
      sum.bytes += entry.encodedBodySize || 0
      sum.slowest = Math.max(sum.slowest, duration)
      sums.set(initiatorType, sum)
    }
    const end = () => {
      if (done) return
      done = true
      if (!sums.size) return
      const span = tracer.start('resources', { parent: load, start: load.start })
      for (const [type, { count, bytes, slowest }] of sums)
        span.addEvent('lightspan.resource.summary', {
          'lightspan.resource.type': type,
          'lightspan.resource.count': count,
          'lightspan.resource.bytes': bytes,
          'lightspan.resource.slowest': slowest,
        })
      span.end()
    }
    // Entries come a task or two after what they tell of.
    const later = () => setTimeout(end, 200)
    if (document.readyState == 'complete') later()
    const undo = [
      observe(['resource'], (entries) => (entries as Entry[]).forEach(see)),
      listen(globalThis, ['load'], later),
      onLeave(end),
    ]
    return () => undo.forEach((each) => each())
  }
