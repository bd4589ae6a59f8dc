// self-time.ts: when a span was at work itself, and not waiting for a child.

import type { TreeNode } from './tree.ts'

/** A stretch of time, in ns since the trace's origin. */
export interface Stretch {
  from: number
  to: number
}

/** The stretches of a span that no child of its covers, in order. Children are sorted by start. */
export const selfStretches = ({ span, children }: TreeNode): Stretch[] => {
  const end = span.start + span.duration
  const found: Stretch[] = []
  let at = span.start
  for (const { span: child } of children) {
    if (child.start >= end) break
    if (child.start > at) found.push({ from: at, to: child.start })
    at = Math.max(at, child.start + child.duration)
  }
  if (at < end) found.push({ from: at, to: end })
  return found
}

/** How long the stretches are together, in ns. */
export const total = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, { from, to }) => sum + to - from, 0)
