// recall.ts: what was going on at a time: for entries of the platform that come late.

import type { Noted } from './context.ts'
import type { Span } from './span.ts'

type Memory = { noted: Noted[] }

/** How many spans are kept for those who ask later. */
const mostNoted = 30

/** Keeps a span for those who ask later what was going on. */
export const note = ({ noted }: Memory, span: Noted): void => {
  if (noted.push(span) > mostNoted)
    // an interaction that was dropped makes room before any span
    noted.splice(
      Math.max(
        0,
        noted.findIndex(({ real, ended }) => real && ended),
      ),
      1,
    )
}

/** The span that something noted is, made now where it was none yet. */
export const spanOf = (it: Noted): Span => (it.real ? it.real() : (it as Span))

/** The latest of the noted spans that had begun at `time`, in ms, and, if it has ended, ended after it. */
export const spanAt = ({ noted }: Memory, time: number): Span | undefined => {
  const it = noted.findLast((it) => {
    const { start, duration, ended } = it.span || it
    return start <= time && (!ended || time < start + duration!)
  })
  return it && spanOf(it)
}
