// interaction.ts: one trace per interaction (click, tap, key, drag) that causes work, from input to next paint.

import { exact } from '../browser/exact.ts'
import { listen, onLeave } from '../browser/listen.ts'
import { nameOf } from '../browser/name-of.ts'
import { navigationApi } from '../browser/navigation-api.ts'
import { observable, observe } from '../browser/observe.ts'
import { afterPaint } from '../browser/paint.ts'
import type { Noted } from '../trace/context.ts'
import type { Instrumentation, PageTracer } from '../trace/instrumentation.ts'
import { note } from '../trace/recall.ts'
import type { Span } from '../trace/span.ts'

/** An interaction that caused nothing is still a span when it took this long, in ms (INP: not "good"). */
const slow = 200

/** How long after its last event the engine may take to report its timing, in ms. */
const patience = 200

/** How long after its first event what follows may belong to an interaction, in ms. */
const longestHold = 1000

/** The step of an engine's clock, in ms, at most. */
const coarse = 1

/** How far a pointer that is down goes before it is a drag, in CSS pixels. */
const far = 10

// The events of one interaction.
const types = ['pointerdown', 'pointerup', 'click', 'keydown', 'keyup'] as const

// What the engine does with them by itself. A link within the page is followed a task later, and only the Navigation API
// tells whose that is.
const acts = ['keypress', 'input', 'change', 'submit', 'popstate', 'hashchange'] as const

/**
 * One interaction; times in ms. Many cause nothing, so the span is made when somebody asks for it: who starts one of its
 * own, or its end.
 */
interface Interaction extends Noted {
  real: () => Span
  key: boolean
  /** What it was with, and the name of that. */
  target?: EventTarget | null | undefined
  called?: string
  /** When each of its events came in, to find the engine's entries for them. */
  inputs: Record<string, number>
  /** The longest of those entries. */
  timed?: PerformanceEventTiming | undefined
  /** Our own measure, for where the engine has none. */
  processingStart: number
  processingEnd: number
  painted: number
  /** Until when what follows belongs to it. */
  until: number
}

// What else it has, its first event gives it at once.
const createInteraction = (tracer: PageTracer, key: boolean): Interaction => {
  const view = tracer.view()
  const it = {
    key,
    painted: 0,
    until: tracer.now() + longestHold - coarse,
    real: () => {
      if (!it.span) {
        it.span = tracer.start(it.name, { parent: null, start: it.start })
        if (view) it.span.addLink(view)
        // over before what it caused began
        if (it.ended) it.span.end(it.processingEnd)
      }
      return it.span
    },
  } as Interaction
  return it
}

// Whether it is the input, and no script, that led to one of `acts`, or to a navigation.
const isOf = ({ target }: Interaction, event: Event, sameTask: unknown) => {
  const { type, userInitiated, navigationType } = event as Event & Partial<NavigateEvent>
  return type == 'navigate'
    ? userInitiated && navigationType != 'traverse' // which is the browser's own button
    : type == 'submit'
      ? sameTask // scripts may submit too
      : !/^[hp]/.test(type) || (target as Element).closest('a')?.href == location.href
}

const caused = ({ span }: Interaction) => span && (span.children || span.events.length)

const end = (interaction: Interaction) => {
  const { start, timed, painted, processingStart, processingEnd } = interaction
  // both know elements, and it is noted for long
  interaction.target = interaction.timed = undefined
  const it = timed || { startTime: start, processingStart, processingEnd }
  const until = timed ? timed.startTime + timed.duration : Math.max(painted, processingEnd)
  if (!caused(interaction) && until - start <= slow) {
    // It caused nothing: as if it had not been. Whoever carried it over an `await` and starts a span yet gets a new one.
    if (interaction.span) interaction.span.ended = true
    interaction.span = undefined
    interaction.ended = true
    return
  }
  interaction
    .real()
    .setAttributes({
      'lightspan.interaction.id': timed?.interactionId || undefined,
      'lightspan.interaction.input_delay': exact(it.processingStart - it.startTime),
      'lightspan.interaction.processing_duration': exact(it.processingEnd - it.processingStart),
      // an engine that would have told and did not has painted at once
      'lightspan.interaction.presentation_delay': exact(Math.max(0, until - it.processingEnd)),
    })
    .end(until)
}

// Ends those of `open` that are over, once it is called. One timer for all: each takes time to make.
const createEnding = (now: () => number, open: Set<Interaction>) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let due = 0
  const check = () => {
    const time = now()
    timer = undefined
    for (const it of open)
      if (
        // a page with its hands full has the engine's report just behind this
        time < due + patience &&
        time >= it.until &&
        time >= it.processingEnd + patience &&
        open.delete(it)
      )
        end(it)
    if (open.size) wait(patience)
  }
  const wait = (delay: number) => {
    if (timer) return
    due = now() + delay
    timer = setTimeout(check, delay)
  }
  return wait
}

// The interactions that are underway, and the one whose handlers run.
const createTracker = (tracer: PageTracer) => {
  const open = new Set<Interaction>()
  const wait = createEnding(tracer.now, open)
  let current: Interaction | undefined
  let leave = () => {}
  // The event whose dispatch it is.
  let entered: Event | undefined
  // For all events of a task.
  let timer: ReturnType<typeof setTimeout> | undefined

  const begin = (key: boolean): Interaction => {
    current = createInteraction(tracer, key)
    note(tracer, current)
    open.add(current)
    wait(longestHold)
    return current
  }
  const enter = (it: Interaction, event: Event, gap = 0) => {
    const before = tracer.enter(it.real)
    entered = event
    leave = () => {
      tracer.enter(before)
      it.processingEnd = tracer.now() - gap
      entered = undefined
      leave = () => {}
    }
    // The dispatch's last listener leaves; where someone stops the event, the next task does.
    timer ??= setTimeout(() => {
      timer = undefined
      leave()
    })
  }
  return {
    enter,
    /** Goes on with the latest where the engine makes this event of it, now that its handlers have run. */
    follow: (event: Event) => {
      const it = current
      if (event.isTrusted && it && !entered && open.has(it) && isOf(it, event, timer))
        // the time between is nobody's: a slider moves for long
        enter(it, event, tracer.now() - it.processingEnd)
    },
    leave: (event?: Event) => {
      if (!event || event == entered) leave()
    },
    /** The interaction that an event belongs to. */
    of: ({ type }: Event) => {
      const key = type[0] == 'k'
      // A click may come from a key; a key never continues what a pointer began.
      return current && open.has(current) && !type.endsWith('down') && (current.key || !key)
        ? current
        : begin(key)
    },
    time: (entry: PerformanceEventTiming) => {
      const { name, startTime, duration } = entry
      // engines coarsen both times alike, to 1 ms at most
      const it = [...open].findLast(({ inputs }) => Math.abs(startTime - inputs[name]!) <= coarse)
      if (it && duration > (it.timed?.duration || 0)) it.timed = entry
    },
    endAll: () => {
      leave()
      open.forEach(end)
      open.clear()
    },
  }
}

/** Traces clicks, taps, keys and drags. What their handlers start becomes part of the interaction's trace. */
export const interactionSpans = (): Instrumentation => (tracer: PageTracer) => {
  const { enter, follow, leave, of, time, endAll } = createTracker(tracer)
  const tells = observable('event')
  // Where the pointer went down last, and on what: a drag may outlast what that began.
  let down: readonly [x: number, y: number, name: string | undefined] = [NaN, NaN, '']
  const hear = (event: Event) => {
    const { type, timeStamp, isTrusted } = event
    const { clientX = 0, clientY = 0, repeat } = event as PointerEvent & KeyboardEvent
    // what a script clicks is part of what it does
    if (!isTrusted) return
    leave()
    if (repeat) return
    const it = of(event)
    // one that was slow by now is what it is as well
    if (!caused(it) && !(it.processingEnd - it.start > slow)) {
      const { target } = event
      if (it.target != target) {
        it.target = target
        // within a component it is what is within
        it.called = nameOf(event.composedPath()[0])
      }
      if (type == 'pointerdown') down = [clientX, clientY, it.called]
      const [x, y, dragged] = down
      const drags = type == 'pointerup' && Math.hypot(clientX - x, clientY - y) > far
      // How long it was held is the user's time, not the page's.
      it.start = timeStamp
      it.name = drags ? 'drag ' + dragged : `${type} ${it.called}`
      if (it.span) [it.span.start, it.span.name] = [it.start, it.name]
      it.processingStart = tracer.now()
      it.inputs = {}
      it.timed = undefined
    }
    it.inputs[type] = timeStamp
    if (!tells)
      afterPaint(tracer.now, (time) => {
        it.painted = time
      })
    enter(it, event)
  }
  const undo = [
    listen(globalThis, types, hear),
    listen(globalThis, acts, follow),
    listen(navigationApi() || globalThis, ['navigate'], follow),
    listen(globalThis, [...types, ...acts], leave, false),
    observe(['event'], (entries) => (entries as PerformanceEventTiming[]).forEach(time), {
      durationThreshold: 16,
      buffered: false,
    } as PerformanceObserverInit),
    onLeave(endAll),
    endAll,
  ]
  return () => undo.forEach((each) => each())
}
