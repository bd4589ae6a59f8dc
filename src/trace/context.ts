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

/** Where the active spans are kept. */
export interface Slot {
  /** Whoever carries it over an `await` must not look into it. */
  current?: unknown
  /** Where Lightspans of this page send to: no request of the page's. */
  ingest?: Set<string>
}

// One of the spans that are active: each Lightspan of a page has one of its own, and sees no other.
type Active = { by: object; span: Span; next: Active } | undefined

/**
 * The slot that this SDK shares with every bundle that @lightspan/await has transformed, and with other
 * copies of itself. Its shape may only change together with its name.
 */
export const sharedSlot = (): Slot =>
  ((globalThis as { [key: symbol]: Slot | undefined })[Symbol.for('lightspan.context.v1')] ??= {})

/** The context of a single synchronous thread of control, kept in `slot`: its own, unless given one. */
export const createStackContext = (slot: Slot = {}): StackContext => {
  let view: Span | undefined
  const by = {}
  const find = (it: Active): Span | undefined => it && (it.by == by ? it.span : find(it.next))
  const others = (it: Active): Active =>
    it && (it.by == by ? it.next : { ...it, next: others(it.next) })
  const active = () => find(slot.current as Active)
  const enter = (span: Span | undefined) => {
    const before = active()
    const next = others(slot.current as Active)
    slot.current = span ? { by, span, next } : next
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
