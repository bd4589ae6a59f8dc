// context.ts: which span is active; a synchronous stack, replaceable by what a runtime offers.

import type { Span } from './span.ts'

/** Keeps the active span. `run` makes `span` active while `work` runs, and gives back its result. */
export interface Context {
  active: () => Span | undefined
  /** Where nothing is active: the span that probably causes what happens now. */
  guess?: () => Span | undefined
  run: <Result>(span: Span | undefined, work: () => Result) => Result
}

/** Gives the span that is active, and may make it only now that somebody asks for it. */
export type Entered = (() => Span | undefined) | undefined

/** What was going on at a time: a span, or what becomes one as `real` is called, and is `span` from then on. */
export type Noted = Pick<Span, 'name' | 'start'> &
  Partial<Pick<Span, 'duration' | 'ended' | 'open' | 'lastEnd'>> & {
    real?: () => Span
    span?: Span | undefined
    /** When its handlers had run last, in ms. */
    processingEnd?: number
  }

/** The context of a page: it can be entered without a callback, and has a guess for orphans. */
export interface StackContext extends Context {
  /** Makes the span active that `give` gives, and returns what was. The caller gives it back. */
  enter: (give: Entered) => Entered
  /** Makes `span` the current view: what starts with nothing active while it lasts is its child. */
  setView: (span: Span) => void
  /** The latest view, ended or not. */
  view: () => Span | undefined
  /** What is kept for those who ask later what was going on (recall.ts). */
  noted: Noted[]
  /** Errors that have been recorded by themselves. */
  told: WeakSet<object>
}

/** Where the active spans are kept. */
export interface Slot {
  /** Whoever carries it over an `await` must not look into it. */
  current?: unknown
  /** Where Lightspans of this page send to: no request of the page's. */
  ingest?: Record<string, true>
  /** How many keep the application's context over what it does later: nobody need guess. */
  kept?: number
}

// What the slot holds while something is active. Each Lightspan of a page has a span of its own there, and
// sees no other. It is never changed, since others carry it about.
type Active = ReadonlyMap<object, Entered> | undefined

/**
 * The slot that this SDK shares with every bundle that @lightspan/await has transformed, and with other
 * copies of itself. Its shape may only change together with its name.
 */
export const sharedSlot = (): Slot =>
  ((globalThis as { [key: symbol]: Slot | undefined })[Symbol.for('lightspan.context.v1')] ??= {})

/** The context of a single synchronous thread of control, kept in `slot`: its own, unless given one. */
export const createStackContext = (slot: Slot = {}): StackContext => {
  let view: Span | undefined
  const own = {}
  const entered = () => (slot.current as Active)?.get(own)
  const active = () => entered()?.()
  const enter = (give: Entered) => {
    const before = entered()
    const all = new Map(slot.current as Active)
    if (give) all.set(own, give)
    else all.delete(own)
    slot.current = all.size ? all : undefined
    return before
  }
  return {
    active,
    guess: () => (view?.ended ? undefined : view),
    enter,
    setView: (span) => {
      view = span
    },
    view: () => view,
    noted: [],
    told: new WeakSet(),
    run: (span, work) => {
      const before = slot.current
      enter(span && (() => span))
      try {
        return work()
      } finally {
        slot.current = before
      }
    },
  }
}
