// lifecycle.ts: when the page was hidden, shown, frozen, or without a network.

import { listen } from '../browser/listen.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'

/** The most changes that one page records. */
const most = 200

const events = ['visibilitychange', 'freeze', 'resume', 'online', 'offline']

/**
 * Records each change of the page's life as a span without duration, `page hidden`, `page visible`,
 * `page freeze`, `page resume`, `page online` or `page offline`, linked to the view, which, while it is
 * going on, gets a `lightspan.lifecycle` event too: what was slow in a hidden page was slow for nobody.
 */
export const lifecycleSpans = (): Instrumentation => (tracer) => {
  let left = most
  const since = [tracer.now(), tracer.now()]
  const change = (state: string) => {
    if (left-- <= 0) return
    const now = tracer.now()
    const view = tracer.view()
    const about = +/line$/.test(state)
    const attributes = {
      'lightspan.lifecycle.state': state,
      'lightspan.lifecycle.after': now - since[about]!,
    }
    since[about] = now
    if (view && !view.ended) view.addEvent('lightspan.lifecycle', attributes, now)
    const span = tracer.start(`page ${state}`, { parent: null, start: now, attributes })
    if (view) span.addLink(view)
    span.end(now)
  }
  return listen(globalThis, events, ({ type }) =>
    change(type == 'visibilitychange' ? document.visibilityState : type),
  )
}
