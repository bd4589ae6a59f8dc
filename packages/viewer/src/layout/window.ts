// window.ts: the part of the trace that is looked at, and which rows are worth drawing.

import type { Stretch } from './self-time.ts'

/** A place along the visible width: 0 is its left edge, 1 its right; beyond is out of sight. */
export interface Place {
  left: number
  width: number
}

/** Where a stretch of time lies in the window. A window of no length shows everything at its start. */
export const place = ({ from, to }: Stretch, window: Stretch): Place => {
  const length = window.to - window.from || 1
  return { left: (from - window.from) / length, width: (to - from) / length }
}

/** The part of a place that can be seen; undefined where none can. Zero-width marks count as seen. */
export const clip = ({ left, width }: Place): Place | undefined => {
  const right = left + width
  if (right < 0 || left > 1) return undefined
  const seen = Math.max(0, left)
  return { left: seen, width: Math.min(1, right) - seen }
}

/** Joins neighbours that the eye could not tell apart: those nearer than `gap` of the width. */
export const joinPlaces = (places: readonly Place[], gap: number): Place[] => {
  const joined: Place[] = []
  for (const { left, width } of places) {
    const last = joined.at(-1)
    if (last && left - (last.left + last.width) < gap) last.width = left + width - last.left
    else joined.push({ left, width })
  }
  return joined
}

/** The window moved and resized so that it lies within [0, duration] and keeps at least `least` ns. */
export const fitWindow = ({ from, to }: Stretch, duration: number, least = 1000): Stretch => {
  const length = Math.min(Math.max(to - from, least), duration)
  const start = Math.min(Math.max(0, from), duration - length)
  return { from: start, to: start + length }
}

/** The rows [first, last) that a scrolled box shows, with `spare` more on each side. */
export const rowsInSight = ({
  scrollTop,
  height,
  rowHeight,
  count,
  spare = 8,
}: {
  scrollTop: number
  height: number
  rowHeight: number
  count: number
  spare?: number
}): { first: number; last: number } => ({
  first: Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight) - spare)),
  last: Math.max(0, Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare)),
})
