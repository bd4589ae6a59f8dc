// critical-path.ts: the chain of work that the trace's end waited for.
//
// From the end backwards: of a span's children, the one that ended last before the moment in
// question is what was waited for; what lies between is the span's own work. A page's fetch may
// outlive the click that caused it, so a child counts with all that is below it.

import type { Stretch } from './self-time.ts'
import type { Forest, TreeNode } from './tree.ts'

export interface CriticalPath {
  /** Per span id: when the trace waited for this span itself, in order of time. */
  stretches: Map<string, Stretch[]>
  /** Per service: how long the trace waited for it, in ns. */
  byService: Map<string, number>
}

const byEnd = (a: TreeNode, b: TreeNode) => b.to - a.to

/** Finds the path through all roots. No recursion: a trace may be one long chain. */
export const criticalPath = ({ roots }: Pick<Forest, 'roots'>): CriticalPath => {
  const stretches = new Map<string, Stretch[]>()
  const byService = new Map<string, number>()
  const claim = ({ span }: TreeNode, from: number, to: number) => {
    const stretch = {
      from: Math.max(from, span.start),
      to: Math.min(to, span.start + span.duration),
    }
    if (stretch.to <= stretch.from) return
    const already = stretches.get(span.id)
    if (already) already.unshift(stretch)
    else stretches.set(span.id, [stretch])
    byService.set(span.service, (byService.get(span.service) ?? 0) + stretch.to - stretch.from)
  }
  const waitedFor: TreeNode[] = []
  const walk = (children: readonly TreeNode[], end: number, node?: TreeNode) => {
    let at = end
    for (const child of [...children].sort(byEnd)) {
      if (child.to > at || child.from >= at) continue
      if (node) claim(node, child.to, at)
      waitedFor.push(child)
      at = child.from
    }
    if (node) claim(node, -Infinity, at)
  }
  walk(roots, Infinity)
  for (let node = waitedFor.pop(); node; node = waitedFor.pop()) walk(node.children, node.to, node)
  return { stretches, byService }
}
