// vitals.ts: Core Web Vitals, as the `web-vitals` library defines them, on the traces that they belong to.

import { attempt } from '../browser/attempt.ts'
import { exact } from '../browser/exact.ts'
import { listen, onLeave } from '../browser/listen.ts'
import { nameOf } from '../browser/name-of.ts'
import { observable, observe } from '../browser/observe.ts'
import { afterPaint } from '../browser/paint.ts'
import { createShifts } from '../browser/shifts.ts'
import { createSlowest, interactions } from '../browser/slowest.ts'
import type { Instrumentation, PageTracer } from '../trace/instrumentation.ts'
import { spanAt } from '../trace/recall.ts'
import type { Span } from '../trace/span.ts'

/** The end of "good" and the beginning of "poor" (web.dev); ms, CLS without unit. */
const bounds = {
  CLS: [0.1, 0.25],
  FCP: [1800, 3000],
  INP: [200, 500],
  LCP: [2500, 4000],
  TTFB: [800, 1800],
} as const

type Name = keyof typeof bounds

/** Shorter events are not asked for, in ms. */
const durationThreshold = 40

// Of all types of entries that are observed here, what is read.
type Entry = PerformanceEntry &
  Partial<
    Omit<PerformanceEventTiming, keyof PerformanceEntry> &
      Omit<LargestContentfulPaint, keyof PerformanceEntry> &
      Omit<PerformanceNavigationTiming, keyof PerformanceEntry> & {
        sources: { node: Node | null }[]
        value: number
        hadRecentInput: boolean
        activationStart: number
        paintTime: number
        presentationTime: number
        largestContentfulPaint: Entry
        getLargestInteractionContentfulPaint: () => Entry | null
      }
  >

interface Metric {
  value?: number
  /** What the value comes from. */
  entry?: Entry | undefined
  /** What was told last. */
  told?: number
  id?: string
}

/** One view of the page: its load, a return from the back/forward cache, or a soft navigation. */
type View = Partial<Record<Name, Metric>> & {
  type: string
  start: number
  span: Span | undefined
  /** The interaction that led to it. */
  cause?: number | undefined
}

const untilHidden = () => (document.visibilityState == 'hidden' ? 0 : Infinity)

const record = (tracer: PageTracer, view: View, name: Name, value: number) => {
  const { type, start, span, cause } = view
  const metric = view[name]!
  const { entry, told = 0 } = metric
  const { startTime = 0, interactionId, url } = entry || {}
  const inp = name == 'INP'
  const from = inp ? startTime || start : name == 'CLS' ? startTime || tracer.now() : start
  const end = name == 'CLS' ? from : from + value
  const explains = inp && spanAt(tracer, from)
  const made = tracer.start('web vital ' + name, { parent: span || null, start: from })
  if (explains && explains != span) made.addLink(explains)
  const [good, poor] = bounds[name]
  made
    .addEvent(
      'browser.web_vital',
      {
        'browser.web_vital.name': name.toLowerCase(),
        'browser.web_vital.value': value,
        'browser.web_vital.delta': exact(value - told),
        'browser.web_vital.id': (metric.id ||= made.spanId),
        'browser.web_vital.rating':
          value > poor ? 'poor' : value > good ? 'needs-improvement' : 'good',
        'browser.web_vital.navigation_type': type,
        'lightspan.interaction.id': (inp && interactionId) || cause,
        'lightspan.web_vital.target':
          nameOf(entry?.element || entry?.target || entry?.sources?.[0]?.node) || undefined,
        'lightspan.web_vital.url': url ? tracer.redact(new URL(url)) : undefined,
        'lightspan.web_vital.input_type': inp ? entry?.name : undefined,
      },
      end,
    )
    .end(end)
  metric.told = value
}

const firstView = (span: Span | undefined): View => {
  const [{ type = 'navigate', activationStart = 0 } = {} as Partial<Entry & { type: string }>] =
    performance.getEntriesByType('navigation') as (Entry & { type: string })[]
  const { wasDiscarded } = document as { wasDiscarded?: boolean }
  return {
    type: activationStart ? 'prerender' : wasDiscarded ? 'restore' : type.replace('_', '-'),
    start: activationStart,
    span,
  }
}

// When the page was hidden first, in ms.
const firstHidden = (since: number) =>
  (performance.getEntriesByType('visibility-state') as PerformanceEntry[]).find(
    ({ name, startTime }) => name == 'hidden' && startTime >= since,
  )?.startTime ?? untilHidden()

// The values of the view that is shown, told once they are final or the page may be gone.
const createBook = (tracer: PageTracer, load: Span | undefined) => {
  let view = firstView(load)
  let hiddenAt = firstHidden(view.start)
  let painted = false
  let settled = false
  let [interact, slowest] = createSlowest<Entry>(0)
  let shift = createShifts<Entry>()

  const set = (name: Name, value: number | undefined, entry?: Entry) => {
    if (value !== undefined) view[name] = { ...view[name], value: exact(Math.max(0, value)), entry }
  }
  const tell = (name: Name) => {
    const { value, told } = view[name] || {}
    if (value !== undefined && value !== told) record(tracer, view, name, value)
  }
  // What is painted after the page was hidden says nothing of how fast it is.
  const fcp = (value: number, entry?: Entry) => {
    if (entry && entry.startTime >= hiddenAt) return
    painted = true
    set('FCP', value, entry)
    tell('FCP')
  }
  const lcp = (value: number, time: number, entry?: Entry) => {
    if (!settled && time < hiddenAt) set('LCP', value, entry)
  }
  const settle = () => {
    if (!settled) tell('LCP')
    settled = true
  }
  const cls = (entry: Entry) => {
    const [sum, most] = shift(entry)
    if (sum > (view.CLS?.value || 0)) set('CLS', sum, most)
  }
  const tellAll = () => {
    set('INP', ...slowest())
    if (painted && !view.CLS && observable('layout-shift')) set('CLS', 0)
    settle()
    tell('INP')
    if (painted) tell('CLS')
  }
  const hide = () => {
    hiddenAt = Math.min(hiddenAt, tracer.now())
    tellAll()
  }
  const begin = (next: View, hidden: number) => {
    view = next
    hiddenAt = hidden
    settled = false
    ;[interact, slowest] = createSlowest<Entry>(interactions())
    shift = createShifts<Entry>()
    ttfb(0)
  }
  const ttfb = (value: number) => {
    set('TTFB', value)
    tell('TTFB')
  }
  const inp = (entry: Entry) => interact(entry)
  const over = () => settled
  return [() => view, { ttfb, fcp, lcp, cls, inp }, settle, tellAll, hide, begin, over] as const
}

type Book = ReturnType<typeof createBook>

// What each type of entry says.
const createReaders = (tracer: PageTracer, [view, take, , tellAll, , begin]: Book) => {
  const { ttfb, fcp, lcp, cls, inp } = take
  const readers: Record<string, (entry: Entry) => void> = {
    navigation: ({ responseStart = 0 }) => {
      // engines have said 0, and times that had not come
      if (responseStart > 0 && responseStart < tracer.now()) ttfb(responseStart - view().start)
    },
    paint: (entry) => {
      if (entry.name == 'first-contentful-paint') fcp(entry.startTime - view().start, entry)
    },
    'largest-contentful-paint': (entry) =>
      lcp(entry.startTime - view().start, entry.startTime, entry),
    'interaction-contentful-paint': ({ interactionId, startTime, largestContentfulPaint: it }) => {
      const { renderTime = 0 } = it || {}
      const { cause } = view()
      if (cause && interactionId == cause) lcp(renderTime - startTime, renderTime, it)
    },
    'layout-shift': (entry) => {
      if (!entry.hadRecentInput) cls(entry)
    },
    event: inp,
    'first-input': inp,
    'soft-navigation': (entry) => {
      const { entryType: type, startTime: start, interactionId: cause } = entry
      tellAll()
      // it begins with its interaction, the span of which is still underway at the paint
      begin({ type, start, span: spanAt(tracer, start) || view().span, cause }, Infinity)
      fcp((entry.presentationTime || entry.paintTime || 0) - start)
      const largest = entry.getLargestInteractionContentfulPaint?.()
      if (largest) readers[largest.entryType]!(largest)
    },
  }
  return readers
}

const measure = (tracer: PageTracer, load: Span | undefined) => {
  const book = createBook(tracer, load)
  const [view, { fcp, lcp }, settle, , hide, begin, over] = book
  const readers = createReaders(tracer, book)
  const watch = observe(
    Object.keys(readers),
    (entries) =>
      entries
        // of several types, as they ended
        .sort((a, b) => a.startTime + a.duration - b.startTime - b.duration)
        .forEach((entry) => readers[entry.entryType]!(entry)),
    { durationThreshold } as PerformanceObserverInit,
  )
  const leave = () => {
    watch(true)
    hide()
  }
  // The first input ends the load as far as its largest paint is asked for.
  const input = ({ isTrusted }: Event) => {
    const before = view()
    if (isTrusted && !over())
      setTimeout(() =>
        attempt(() => {
          watch(true)
          if (view() == before) settle()
        }),
      )
  }
  const back = ({ timeStamp: start, persisted }: Event & { persisted?: boolean }) => {
    if (!persisted) return
    begin({ type: 'back-forward-cache', start, span: tracer.view() }, untilHidden())
    afterPaint(tracer.now, (time) => {
      fcp(time - start)
      if (observable('largest-contentful-paint')) lcp(time - start, 0)
      settle()
    })
  }
  return [
    watch,
    onLeave(leave),
    listen(globalThis, ['keydown', 'click'], input),
    listen(globalThis, ['pageshow'], back),
  ]
}

/**
 * Records LCP, FCP and TTFB (from navigation to the metric), INP (the interaction) and CLS (a moment),
 * each with a `browser.web_vital` event (OTel browser conventions; values in ms, CLS without unit), for
 * the load, each return from the back/forward cache and, where the engine tells, each soft navigation.
 * Values are those of the `web-vitals` library. One that a noted span explains is linked to it.
 */
export const webVitals = (): Instrumentation => (tracer) => {
  let undo: (() => void)[] = []
  let live = true
  // a router may have replaced it by the time that anything is measured
  const load = tracer.view()
  const begin = () => {
    if (live) undo = measure(tracer, load)
  }
  // nothing of a page that nobody sees yet is a user's experience
  if ((document as { prerendering?: boolean }).prerendering)
    undo = [listen(document, ['prerenderingchange'], begin)]
  // entries wait for whoever asks; the page's first paint should not
  else tracer.later(begin)
  return () => {
    live = false
    undo.forEach((each) => each())
  }
}
