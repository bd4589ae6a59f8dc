// navigation.ts: soft navigations by history, until their requests and rendering settle.

import { listen, onLeave } from '../browser/listen.ts'
import { afterPaint } from '../browser/paint.ts'
import { patch } from '../browser/patch.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import type { Span } from '../trace/span.ts'
import { pathTemplate, redactUrl } from '../trace/url.ts'

/** A navigation is over when nothing of it has been open for this long, in ms. */
const quiet = 100

/** The longest that a navigation may take to settle, in ms. */
const longest = 10_000

const place = () => location.pathname + location.hash

/** Traces client-side navigations: pushState, replaceState, back and forward, hash changes. */
export const navigationSpans = (): Instrumentation => (tracer) => {
  let at = place()
  let current: Span | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const end = (time?: number) => {
    clearTimeout(timer)
    current?.end(time)
    current = undefined
  }
  const settle = (span: Span, painted: number) => {
    const settled = Math.max(painted, span.lastEnd)
    if (current != span) return
    if (!span.open && tracer.now() - settled >= quiet) end(settled)
    else if (tracer.now() - span.start > longest) end()
    else timer = setTimeout(settle, quiet, span, painted)
  }
  const navigated = (type: string) => {
    if (at == place()) return
    at = place()
    end()
    const span = tracer.start(`navigation ${pathTemplate(location.pathname)}`, {
      parent: tracer.active() || null,
      attributes: {
        'url.full': redactUrl(new URL(location.href)),
        'url.template': pathTemplate(location.pathname),
        'lightspan.navigation.type': type,
      },
    })
    const before = tracer.view()
    if (before && before.traceId != span.traceId) span.addLink(before)
    tracer.setView(span)
    current = span
    afterPaint(tracer.now, (painted) => settle(span, painted))
  }
  const watch = (name: 'pushState' | 'replaceState', type: string) =>
    patch(
      history,
      name,
      (original) =>
        function (this: History, ...args: unknown[]) {
          Reflect.apply(original, this, args)
          try {
            navigated(type)
          } catch {
            // the page has navigated; only our record of it is missing
          }
        },
    )
  const undo = [
    watch('pushState', 'push'),
    watch('replaceState', 'replace'),
    listen(globalThis, ['popstate', 'hashchange'], () => navigated('traverse')),
    onLeave(end),
    end,
  ]
  return () => undo.forEach((each) => each())
}
