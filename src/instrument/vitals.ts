// vitals.ts: Core Web Vitals, measured by `web-vitals`, on the traces that they belong to.

import { onCLS, onFCP, onINP, onLCP, onTTFB, type Metric } from 'web-vitals'
import { nameOf } from '../browser/name-of.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import { spanAt } from '../trace/recall.ts'
import type { Attributes } from '../trace/record.ts'

type Entry = Partial<
  PerformanceEventTiming &
    LargestContentfulPaint &
    PerformanceNavigationTiming & {
      sources: { node: Node | null }[]
      value: number
      activationStart: number
    }
>

// What explains a value, from the entry that it comes from and no second observer.
const explain = (name: string, entry: Entry, url: string | undefined): Attributes => ({
  'lightspan.web_vital.target':
    nameOf(entry.element || entry.target || entry.sources?.[0]?.node) || undefined,
  'lightspan.web_vital.url': url,
  'lightspan.web_vital.input_type': name == 'INP' ? entry.name : undefined,
})

/**
 * Records LCP, FCP and TTFB (from navigation to the metric), INP (the interaction) and CLS (a moment),
 * each with a `browser.web_vital` event (OTel browser conventions; values in ms, CLS without unit), for
 * the page and, where the engine tells, for each soft navigation. A value that a noted span explains is
 * linked to it.
 */
export const webVitals = (): Instrumentation => (tracer) => {
  const page = tracer.view()
  let live = true // web-vitals cannot be stopped, only ignored
  const report = (metric: Metric) => {
    const { name, value, delta, id, rating, navigationType, entries } = metric
    const { navigationStartTime = 0, navigationInteractionId } = metric
    if (!live) return
    const entry = (
      name == 'CLS'
        ? [...entries].sort((a, b) => (b as Entry).value! - (a as Entry).value!)[0]
        : entries[entries.length - 1]
    ) as Entry | undefined
    const { startTime = navigationStartTime, url } = entry || {}
    const moment = name == 'CLS' ? startTime || tracer.now() : 0
    const start = name == 'INP' ? startTime : moment || navigationStartTime
    const end = moment || start + value
    // a soft navigation begins with its interaction, the span of which is still underway at the paint
    const soft = navigationType == 'soft-navigation'
    const parent = soft ? spanAt(tracer, Math.max(startTime, navigationStartTime)) || page : page
    const cause = name == 'INP' ? spanAt(tracer, start) : undefined
    const span = tracer.start('web vital ' + name, { parent: parent || null, start })
    if (cause && cause != parent) span.addLink(cause)
    span
      .addEvent(
        'browser.web_vital',
        {
          'browser.web_vital.name': name.toLowerCase(),
          'browser.web_vital.value': value,
          'browser.web_vital.delta': delta,
          'browser.web_vital.id': id,
          'browser.web_vital.rating': rating,
          'browser.web_vital.navigation_type': navigationType,
          'lightspan.interaction.id':
            navigationInteractionId || (name == 'INP' && entry?.interactionId) || undefined,
          ...explain(name, entry || {}, url ? tracer.redact(new URL(url)) : undefined),
        },
        end,
      )
      .end(end)
  }
  for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(report, { reportSoftNavs: true })
  return () => {
    live = false
  }
}
