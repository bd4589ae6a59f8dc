// traces.ts: which trace this page has just made, told by Lightspan's own handle, for links into the viewer.

import type { Lightspan } from 'lightspan'

/** A trace that somebody may want to look at. */
export interface Trace {
  id: string
  name: string
}

// The script tag's global; absent where it was blocked, and the shop must not mind.
const handle = () => (globalThis as { lightspan?: Partial<Lightspan> }).lightspan

const told = 'glimt:trace'

const kept: { last?: Trace } = {}

const keep = (trace: Trace) => {
  kept.last = trace
  dispatchEvent(new Event(told))
  return trace
}

/** Keeps the trace of the work under way, if there is one: to be called before anything is awaited. */
export const noteTrace = (): Trace | undefined => {
  const span = handle()?.active?.()
  return span && keep({ id: span.traceId, name: span.name })
}

/** Starts with the trace of this page load, which the edge names in `Server-Timing`. */
export const notePageLoad = () => {
  const [load] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  const served = load?.serverTiming.find(({ name }) => name == 'traceparent')?.description
  const [, id] = served?.split('-') ?? []
  if (id) keep({ id, name: 'page load' })
}

export const lastTrace = (): Trace | undefined => kept.last

/** Calls `tell` whenever there is a newer trace. */
export const watchTraces = (tell: () => void) => addEventListener(told, tell)

/** The viewer, at a trace or at its list. */
export const viewerHref = (trace?: Trace): string =>
  (document.documentElement.dataset['viewer'] ?? '') + (trace ? `/trace/${trace.id}` : '/')
