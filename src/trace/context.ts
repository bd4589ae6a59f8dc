// context.ts: which span is active; a synchronous stack, replaceable by what a runtime offers.

import type { Span } from './span.ts'

/** Keeps the active span. `run` makes `span` active while `work` runs, and gives back its result. */
export interface Context {
  active: () => Span | undefined
  /** Where nothing is active: the span that probably causes what happens now. */
  guess?: () => Span | undefined
  run: <Result>(span: Span | undefined, work: () => Result) => Result
}

/** The context of a page: it can be entered without a callback, and has a guess for orphans. */
export interface StackContext extends Context {
  /** Makes `span` active and returns the one that was. The caller gives it back. */
  enter: (span: Span | undefined) => Span | undefined
  /** Makes `span` the current view: what starts with nothing active while it lasts is its child. */
  setView: (span: Span) => void
  /** The latest view, ended or not. */
  view: () => Span | undefined
  /** Spans that are kept for those who ask later what was going on (recall.ts). */
  noted: Span[]
}

/** Where the active span is kept. */
export interface Slot {
  current?: Span | undefined
}

/**
 * The slot that this SDK shares with every bundle that @lightspan/await has transformed, and with other
 * copies of itself. Its shape may only change together with its name.
 */
export const sharedSlot = (): Slot =>
  ((globalThis as { [key: symbol]: Slot | undefined })[Symbol.for('lightspan.context.v1')] ??= {})

/** The context of a single synchronous thread of control, kept in `slot`: its own, unless given one. */
export const createStackContext = (slot: Slot = {}): StackContext => {
  let view: Span | undefined
  const enter = (span: Span | undefined) => {
    const before = slot.current
    slot.current = span
    return before
  }
  return {
    active: () => slot.current,
    guess: () => (view?.ended ? undefined : view),
    enter,
    setView: (span) => {
      view = span
    },
    view: () => view,
    noted: [],
    run: (span, work) => {
      const before = enter(span)
      try {
        return work()
      } finally {
        enter(before)
      }
    },
  }
}
