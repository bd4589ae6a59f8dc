// brush.ts: what a drag over the overview means, in fractions 0..1 of the whole.

export interface Range {
  from: number
  to: number
}

export type Grip = 'new' | 'move' | 'from' | 'to'

/** What a press at `at` takes hold of; `reach` is how near an edge counts as the edge. */
export const gripAt = ({ from, to }: Range, at: number, reach: number): Grip => {
  const whole = from <= 0 && to >= 1
  if (whole) return 'new'
  if (Math.abs(at - from) < reach) return 'from'
  if (Math.abs(at - to) < reach) return 'to'
  return at > from && at < to ? 'move' : 'new'
}

/** The range after a drag from `start` to `at`; always within 0..1, `from` never above `to`. */
export const drag = ({ from, to }: Range, grip: Grip, start: number, at: number): Range => {
  const end = Math.min(1, Math.max(0, at))
  if (grip == 'move') {
    const by = Math.min(Math.max(end - start, -from), 1 - to)
    return { from: from + by, to: to + by }
  }
  const fixed = grip == 'from' ? to : grip == 'to' ? from : start
  return { from: Math.min(fixed, end), to: Math.max(fixed, end) }
}
