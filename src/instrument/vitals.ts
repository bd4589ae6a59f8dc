// vitals.ts: Core Web Vitals, measured by `web-vitals`, as spans of the page load's trace.

import { onCLS, onFCP, onINP, onLCP, onTTFB, type Metric } from 'web-vitals'
import type { Instrumentation } from '../trace/instrumentation.ts'

/**
 * Records LCP, FCP and TTFB (from navigation to the metric), INP (the interaction) and CLS (a moment),
 * each with a `browser.web_vital` event (OTel browser conventions; values in ms, CLS without unit).
 */
export const webVitals = (): Instrumentation => (tracer) => {
  const parent = tracer.view() || null
  let live = true // web-vitals cannot be stopped, only ignored
  const report = ({ name, value, delta, id, rating, navigationType, entries }: Metric) => {
    if (!live) return
    const last = entries[entries.length - 1]
    const moment = name == 'CLS' ? (last?.startTime ?? tracer.now()) : value
    const start = name == 'INP' ? last!.startTime : name == 'CLS' ? moment : 0
    tracer
      .start('web vital ' + name, { parent, start })
      .addEvent(
        'browser.web_vital',
        {
          'browser.web_vital.name': name.toLowerCase(),
          'browser.web_vital.value': value,
          'browser.web_vital.delta': delta,
          'browser.web_vital.id': id,
          'browser.web_vital.rating': rating,
          'browser.web_vital.navigation_type': navigationType,
        },
        name == 'INP' ? start + value : moment,
      )
      .end(name == 'INP' ? start + value : moment)
  }
  for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(report)
  return () => {
    live = false
  }
}
