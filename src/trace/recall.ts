// recall.ts: what was going on at a time: for entries of the platform that come late.

import type { Span } from './span.ts'

type Memory = { noted: Span[] }

/** How many spans are kept for those who ask later. */
const mostNoted = 30

/** Keeps `span` for those who ask later what was going on. */
export const note = ({ noted }: Memory, span: Span): void => {
  if (noted.push(span) > mostNoted) noted.shift()
}

/** The latest of the noted spans that had begun at `time`, in ms, and, if it has ended, not ended before. */
export const spanAt = ({ noted }: Memory, time: number): Span | undefined =>
  noted.findLast(
    ({ start, duration, ended }) => start <= time && (!ended || time <= start + duration),
  )
