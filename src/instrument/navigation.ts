// navigation.ts: soft navigations, until their requests and rendering settle.

import { attempt } from '../browser/attempt.ts'
import { listen, onLeave } from '../browser/listen.ts'
import { navigationApi } from '../browser/navigation-api.ts'
import { afterPaint } from '../browser/paint.ts'
import { patch } from '../browser/patch.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import { note } from '../trace/recall.ts'
import { createRoutes } from '../trace/route.ts'
import type { Span } from '../trace/span.ts'

/** A navigation is over when nothing of it has been open for this long, in ms. */
const quiet = 100

/** The longest that a navigation may take to settle, in ms. */
const longest = 10_000

// A local parent, while it goes on.
type Navigation = Span & { parent?: Span | null }

const place = () => location.pathname + location.hash

/** Options of `navigationSpans`. */
export interface NavigationOptions {
  /** The route (`/product/{slug}`) of a path. Learned from the paths of this page where it says nothing. */
  route?: (path: string) => string | undefined
}

const watch = (name: 'pushState' | 'replaceState', type: string, hear: (type: string) => void) =>
  patch(
    // where it is: a wrapper that the page puts there later is not passed by
    Object.hasOwn(history, name) ? history : (Object.getPrototypeOf(history) as History),
    name,
    (original) =>
      function (this: History, ...args: unknown[]) {
        const result: unknown = Reflect.apply(original, this, args)
        // the page has navigated, whatever becomes of our record of it
        attempt(() => hear(type))
        return result
      },
  )

const hearNavigations = (hear: (type: string) => void) => {
  const navigation = navigationApi()
  // The Navigation API tells within the call itself, without a patch.
  if (navigation)
    return listen(navigation, ['currententrychange'], (event) =>
      hear((event as Event & { navigationType?: string }).navigationType || 'other'),
    )
  const undo = [
    watch('pushState', 'push', hear),
    watch('replaceState', 'replace', hear),
    listen(globalThis, ['popstate', 'hashchange'], () => hear('traverse')),
  ]
  return () => undo.forEach((each) => each())
}

/** Traces client-side navigations: pushState, replaceState, back and forward, hash changes. */
export const navigationSpans =
  ({ route }: NavigationOptions = {}): Instrumentation =>
  (tracer) => {
    const learn = createRoutes()
    let at = place()
    let current: Span | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const { pathname: first } = location
    tracer.later(() => learn(first))

    const end = (reason: string, time?: number) => {
      clearTimeout(timer)
      current?.setAttribute('lightspan.ended_by', reason).end(time)
      current = undefined
    }
    // What a click's handler asks for after it has navigated is the click's, and the navigation waits for that too.
    const settle = (span: Navigation, painted: number, before?: number, waited?: boolean) => {
      const { parent: cause } = span
      const waits = !!cause && cause.open > before!
      const settled = Math.max(painted, span.lastEnd, waited ? cause!.lastEnd : 0)
      if (current != span) return
      if (!span.open && !waits && tracer.now() - settled >= quiet) end('quiet', settled)
      else if (tracer.now() - span.start > longest) end('timeout')
      else timer = setTimeout(settle, quiet, span, painted, before, waited || waits)
    }
    const navigated = (type: string) => {
      const { pathname } = location
      if (at == place()) return
      at = place()
      end('navigation')
      const given: unknown = attempt(() => route?.(pathname))
      const template = (typeof given == 'string' && given) || learn(pathname)
      const span = tracer.start(`navigation ${template}`, {
        // with no view underway, an interaction that is may be guessed
        parent: tracer.active() || (tracer.view()?.ended ? undefined : null),
        attributes: {
          'url.full': tracer.redact(location),
          'url.template': template,
          'lightspan.navigation.type': type,
        },
      }) as Navigation
      const before = tracer.view()
      if (before && before.traceId != span.traceId) span.addLink(before)
      tracer.setView(span)
      note(tracer, span)
      current = span
      // where nobody looks there is no frame
      const { open } = span.parent || {}
      if (document.hidden) settle(span, tracer.now(), open)
      else afterPaint(tracer.now, (painted) => settle(span, painted, open))
    }
    const undo = [hearNavigations(navigated), onLeave(() => end('leave')), () => end('stop')]
    return () => undo.forEach((each) => each())
  }
