// interaction.ts: one trace per click or key that causes work, from input to next paint.

import { listen, onLeave } from '../browser/listen.ts'
import { observe } from '../browser/observe.ts'
import { afterPaint } from '../browser/paint.ts'
import type { Instrumentation, PageTracer } from '../trace/instrumentation.ts'
import type { Span } from '../trace/span.ts'

/** An interaction that caused nothing is still a span when it took this long, in ms (INP: not "good"). */
const slow = 200

/** How long after the paint the engine may take to report its timing, in ms. */
const patience = 100

const types = ['click', 'keydown'] as const

// Never text or values: they can be anything, a password too.
const nameOf = (target: EventTarget | undefined): string => {
  if (!(target instanceof Element)) return ''
  const named = target.closest('[data-lightspan-name]')?.getAttribute('data-lightspan-name')
  const control =
    target.closest('button,a,input,select,textarea,summary,label,[role],[id]') || target
  const role = control.getAttribute('role') || control.localName
  return ' ' + (named || role + (control.id && '#' + control.id))
}

// `painted` is our own measure of the end; the engine's, where it comes, is better.
const track = (tracer: PageTracer, { type, timeStamp }: Event, span: Span) => {
  let painted: number | undefined
  let end: number | undefined
  return {
    painted: (time: number) => {
      painted = time
    },
    timed: ({ name, startTime, duration, interactionId }: PerformanceEventTiming) => {
      if (name != type || Math.abs(startTime - timeStamp) > 1) return
      end = startTime + duration
      span.setAttribute('lightspan.interaction.id', interactionId || undefined)
    },
    end: () => {
      const until = end ?? painted ?? tracer.now()
      if (span.children || span.events.length || until - timeStamp > slow) span.end(until)
      else span.ended = true // it caused nothing: as if it had not been
    },
  }
}

/** Traces clicks and keys. What their handlers start becomes part of the interaction's trace. */
export const interactionSpans = (): Instrumentation => (tracer) => {
  const open = new Set<ReturnType<typeof track>>()
  let leave = () => {}

  const begin = (event: Event) => {
    leave()
    if (!event.isTrusted || (event as KeyboardEvent).repeat) return
    const view = tracer.view()
    const span = tracer.start(event.type + nameOf(event.composedPath()[0]), {
      parent: null,
      start: event.timeStamp,
    })
    if (view) span.addLink(view)
    const it = track(tracer, event, span)
    open.add(it)
    afterPaint(tracer.now, (time) => {
      it.painted(time)
      setTimeout(() => open.delete(it) && it.end(), patience)
    })

    const before = tracer.enter(span)
    leave = () => {
      clearTimeout(timer)
      tracer.enter(before)
      leave = () => {}
    }
    // The dispatch's last listener leaves; where someone stops the event, the next task does.
    const timer = setTimeout(() => leave())
  }
  const endAll = () => {
    leave()
    open.forEach((it) => it.end())
    open.clear()
  }
  const undo = [
    listen(globalThis, types, begin),
    listen(globalThis, types, () => leave(), false),
    observe('event', (entry) => open.forEach((it) => it.timed(entry as PerformanceEventTiming)), {
      durationThreshold: 16,
      buffered: false,
    }),
    onLeave(endAll),
    endAll,
  ]
  return () => undo.forEach((each) => each())
}
