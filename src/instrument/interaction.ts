// interaction.ts: one trace per interaction (click, tap, key, drag) that causes work, from input to next paint.

import { exact } from '../browser/exact.ts'
import { listen, onLeave } from '../browser/listen.ts'
import { nameOf } from '../browser/name-of.ts'
import { observable, observe } from '../browser/observe.ts'
import { afterPaint } from '../browser/paint.ts'
import type { Instrumentation, PageTracer } from '../trace/instrumentation.ts'
import { note } from '../trace/recall.ts'
import type { Span } from '../trace/span.ts'

/** An interaction that caused nothing is still a span when it took this long, in ms (INP: not "good"). */
const slow = 200

/** How long after its last event the engine may take to report its timing, in ms. */
const patience = 200

/** How long after its first event what follows may belong to an interaction, in ms. */
const longestHold = 1000

/** How far a pointer that is down goes before it is a drag, in CSS pixels. */
const far = 10

// The events of one interaction.
const types = ['pointerdown', 'pointerup', 'click', 'keydown', 'keyup'] as const

type Place = readonly [x: number, y: number]

/** What an interaction's end is made of; times in ms. */
interface Interaction {
  span: Span
  key: boolean
  from: Place
  /** What it was with, and the name of that. */
  target?: EventTarget | undefined
  name?: string
  /** When each of its events came in, to find the engine's entries for them. */
  inputs: Record<string, number>
  /** The longest of those entries. */
  timed?: PerformanceEventTiming | undefined
  /** Our own measure, for where the engine has none. */
  processingStart: number
  processingEnd: number
  painted: number
  /** When to see whether it is over. */
  due: number
}

const caused = ({ children, events }: Span) => children || events.length

const end = ({ span, timed, painted, processingStart, processingEnd }: Interaction) => {
  const it = timed || { startTime: span.start, processingStart, processingEnd }
  const until = timed ? timed.startTime + timed.duration : Math.max(painted, processingEnd)
  if (!caused(span) && until - span.start <= slow) {
    span.ended = true // it caused nothing: as if it had not been
    return
  }
  span
    .setAttributes({
      'lightspan.interaction.id': timed?.interactionId || undefined,
      'lightspan.interaction.input_delay': exact(it.processingStart - it.startTime),
      'lightspan.interaction.processing_duration': exact(it.processingEnd - it.processingStart),
      // an engine that would have told and did not has painted at once
      'lightspan.interaction.presentation_delay': exact(Math.max(0, until - it.processingEnd)),
    })
    .end(until)
}

// The interactions that are underway, and the one whose handlers run.
const createTracker = (tracer: PageTracer) => {
  const open = new Set<Interaction>()
  let current: Interaction | undefined
  let leave = () => {}
  // For all events of a task.
  let timer: ReturnType<typeof setTimeout> | undefined

  // One timer for all of it: a page with its hands full has the engine's report just behind it.
  const check = (it: Interaction) => {
    const now = tracer.now()
    if (!open.has(it)) return
    if (now - it.processingEnd < patience || now - it.due > patience) wait(it, patience)
    else if (open.delete(it)) end(it)
  }
  const wait = (it: Interaction, time: number) => {
    it.due = tracer.now() + time
    setTimeout(check, time, it)
  }
  const begin = (event: Event, key: boolean, from: Place): Interaction => {
    const view = tracer.view()
    const span = tracer.start('', { parent: null, start: event.timeStamp })
    if (view) span.addLink(view)
    note(tracer, span)
    const times = { processingStart: 0, processingEnd: 0, painted: 0, due: 0 }
    current = { span, key, from, inputs: {}, ...times }
    open.add(current)
    wait(current, longestHold)
    return current
  }
  const enter = (it: Interaction) => {
    const before = tracer.enter(it.span)
    leave = () => {
      tracer.enter(before)
      it.processingEnd = tracer.now()
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
    leave: () => leave(),
    /** The interaction that an event belongs to. */
    of: (event: Event, from: Place) => {
      const key = /^key/.test(event.type)
      // A click may come from a key; a key never continues what a pointer began.
      return current && open.has(current) && !/down/.test(event.type) && (current.key || !key)
        ? current
        : begin(event, key, from)
    },
    time: (entry: PerformanceEventTiming) => {
      const { name, startTime, duration } = entry
      for (const it of open)
        // engines coarsen both times alike, to 1 ms at most
        if (Math.abs(startTime - it.inputs[name]!) <= 1 && duration > (it.timed?.duration || 0))
          it.timed = entry
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
  const { enter, leave, of, time, endAll } = createTracker(tracer)
  const tells = observable('event')
  const hear = (event: Event) => {
    leave()
    const { type, timeStamp } = event
    const { clientX = 0, clientY = 0, repeat } = event as PointerEvent & KeyboardEvent
    if (!event.isTrusted || repeat) return
    const it = of(event, [clientX, clientY])
    const { span, from } = it
    if (!caused(span)) {
      // How long it was held is the user's time, not the page's.
      const drags = type == 'pointerup' && Math.hypot(clientX - from[0], clientY - from[1]) > far
      const [target] = event.composedPath()
      span.start = timeStamp
      if (it.target != target) it.name = nameOf((it.target = target))
      span.name = `${drags ? 'drag' : type} ${it.name}`
      it.processingStart = tracer.now()
      it.inputs = {}
      it.timed = undefined
    }
    it.inputs[type] = timeStamp
    if (!tells)
      afterPaint(tracer.now, (time) => {
        it.painted = time
      })
    enter(it)
  }
  const undo = [
    listen(globalThis, types, hear),
    listen(globalThis, types, leave, false),
    observe(['event'], (entries) => (entries as PerformanceEventTiming[]).forEach(time), {
      durationThreshold: 16,
      buffered: false,
    } as PerformanceObserverInit),
    onLeave(endAll),
    endAll,
  ]
  return () => undo.forEach((each) => each())
}
