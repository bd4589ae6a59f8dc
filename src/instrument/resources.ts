// resources.ts: what the page load fetched beside its document: what matters as spans, the rest in sums.

import { listen, onLeave } from '../browser/listen.ts'
import { observe } from '../browser/observe.ts'
import { setHttpStatus, startHttpSpan } from '../trace/http.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import type { Span } from '../trace/span.ts'

type Entry = PerformanceResourceTiming & { renderBlockingStatus?: string }
type Paint = PerformanceEntry & { url?: string }

/** Resources that wait for whether they become the largest paint; those beyond are counted at once. */
const mostHeld = 500

const byScript = /^(fetch|xmlhttprequest|beacon)$/

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

// Number, bytes and slowest of each type.
const createSums = () => {
  const sums = new Map<string, Sum>()
  const count = ({ initiatorType, encodedBodySize, duration }: Entry) => {
    const sum = sums.get(initiatorType) || { count: 0, bytes: 0, slowest: 0 }
    sum.count++
    sum.bytes += encodedBodySize || 0
    sum.slowest = Math.max(sum.slowest, duration)
    sums.set(initiatorType, sum)
  }
  const tell = (start: () => Span) => {
    if (!sums.size) return
    const span = start()
    for (const [type, { count, bytes, slowest }] of sums)
      span.addEvent('lightspan.resource.summary', {
        'lightspan.resource.type': type,
        'lightspan.resource.count': count,
        'lightspan.resource.bytes': bytes,
        'lightspan.resource.slowest': slowest,
      })
    span.end()
  }
  return [count, tell] as const
}

/**
 * Records, as children of the page load, resources that block rendering, fail, are slow or became the
 * largest contentful paint; of all others their number, bytes and slowest by type, in
 * `lightspan.resource.summary` events of a span of their own. Requests by script are left to their own
 * instrumentations.
 */
export const resourceSpans =
  ({ slow = 500, most = 20 }: ResourceOptions = {}): Instrumentation =>
  (tracer) => {
    // a router may have replaced it meanwhile
    const load = (tracer.noted.find(({ name }) => name == 'page load') as Span) || tracer.view()
    if (!load) return () => {}
    const [count, tell] = createSums()
    const recorded = new Set<string>()
    // Whether one of these was the largest paint is known later.
    let rest: Entry[] = []
    let largest: string | undefined
    let done = false

    const record = (entry: Entry) => {
      const { name, startTime, initiatorType, responseEnd } = entry
      const span = startHttpSpan(tracer, 'GET', new URL(name), { parent: load, start: startTime })
      span.setAttribute('lightspan.resource.type', initiatorType)
      if (entry.responseStatus) setHttpStatus(span, entry.responseStatus)
      tracer.timing?.(span, entry)
      span.end(responseEnd)
      recorded.add(name)
    }
    const see = (entry: Entry) => {
      const { name, duration, initiatorType, responseStatus, renderBlockingStatus } = entry
      if (done || byScript.test(initiatorType) || !/^http/.test(name)) return
      const matters = responseStatus >= 400 || duration > slow || renderBlockingStatus == 'blocking'
      if (matters && recorded.size < most) record(entry)
      else if (rest.length < mostHeld) rest.push(entry)
      else count(entry)
    }
    const seeLargest = ({ url }: Paint) => {
      largest = url
      // one that came after the page had loaded is in no sum, and explains it all the same
      const [entry] = done && url && !recorded.has(url) ? performance.getEntriesByName(url) : []
      if (entry && recorded.size <= most) record(entry as Entry)
    }
    const end = () => {
      if (done) return
      take(true)
      done = true
      for (const entry of rest)
        if (entry.name == largest && !recorded.has(largest)) record(entry)
        else count(entry)
      rest = []
      tell(() => tracer.start('resources', { parent: load, start: load.start }))
    }
    // Entries come a task or two after what they tell of.
    const later = () => setTimeout(end, 200)
    if (document.readyState == 'complete') later()
    const take = observe(['largest-contentful-paint'], (entries) =>
      (entries as Paint[]).forEach(seeLargest),
    )
    const undo = [
      take,
      observe(['resource'], (entries) => (entries as Entry[]).forEach(see)),
      listen(globalThis, ['load'], later),
      onLeave(end),
    ]
    return () => undo.forEach((each) => each())
  }
