// bar.ts: everything that is drawn for one span, as fractions of the visible width.

import { selfStretches, type Stretch } from './self-time.ts'
import type { TreeNode } from './tree.ts'
import { clip, joinPlaces, place, type Place } from './window.ts'

export interface Bar {
  /** Where the span is; undefined where it is out of sight. */
  span: Place | undefined
  /** On which side it is out of sight. */
  beyond: 'left' | 'right' | undefined
  /** Where it was at work itself. */
  self: Place[]
  /** Where the trace waited for it. */
  waited: Place[]
  /** Where it has events, with their index in the span; nearby ones are one mark. */
  events: { left: number; first: number; count: number }[]
}

/** Nearer than this part of the width, two marks are one: about a pixel. */
const finest = 1 / 1000

const placesOf = (stretches: readonly Stretch[], window: Stretch) =>
  joinPlaces(
    stretches.map((it) => clip(place(it, window))).filter((it) => it !== undefined),
    finest,
  )

const eventsOf = ({ span }: TreeNode, window: Stretch) => {
  const marks: Bar['events'] = []
  span.events.forEach(({ time }, first) => {
    const { left } = place({ from: time, to: time }, window)
    if (left < 0 || left > 1) return
    const last = marks.at(-1)
    if (last && Math.abs(left - last.left) < finest * 4) last.count++
    else marks.push({ left, first, count: 1 })
  })
  return marks
}

/** Lays out one span in a window of time. Times are drawn as they came, however odd. */
export const layoutBar = (
  node: TreeNode,
  window: Stretch,
  waited: readonly Stretch[] = [],
): Bar => {
  const { start, duration } = node.span
  const whole = place({ from: start, to: start + duration }, window)
  const seen = clip(whole)
  return {
    span: seen,
    beyond: seen ? undefined : whole.left > 1 ? 'right' : 'left',
    self: placesOf(selfStretches(node), window),
    waited: placesOf(waited, window),
    events: eventsOf(node, window),
  }
}
