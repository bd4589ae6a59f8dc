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

// Sums of claims, per span and per service.
const createClaims = () => {
  const stretches = new Map<string, Stretch[]>()
  const byService = new Map<string, number>()
  const claim = ({ span }: TreeNode, from: number, to: number) => {
    const stretch = {
      from: Math.max(from, span.start),
      to: Math.min(to, span.start + span.duration),
    }
    if (stretch.to <= stretch.from) return
    const already = stretches.get(span.id)
    if (already) already.push(stretch)
    else stretches.set(span.id, [stretch])
    byService.set(span.service, (byService.get(span.service) ?? 0) + stretch.to - stretch.from)
  }
  return { stretches, byService, claim }
}

/**
 * Finds the path through all roots: from the end back, each time to the child that ended last before. Between
 * such children a span waited for those that were still running, and for itself only where none was. No
 * recursion: a trace may be one long chain.
 */
export const criticalPath = ({ roots }: Pick<Forest, 'roots'>): CriticalPath => {
  const { stretches, byService, claim } = createClaims()
  const waitedFor: { node: TreeNode; from: number; to: number }[] = []
  const visit = (node: TreeNode, from: number, to: number) => waitedFor.push({ node, from, to })

  // Every one of `running`, the last of which ends first, goes on beyond `to`.
  const fill = (running: readonly TreeNode[], from: number, to: number, node?: TreeNode) => {
    let at = to
    for (let n = running.length - 1; n >= 0 && at > from; n--) {
      const child = running[n]!
      if (child.from >= at) continue
      visit(child, Math.max(from, child.from), at)
      at = Math.max(from, child.from)
    }
    if (node && at > from) claim(node, from, at)
  }
  const walk = (children: readonly TreeNode[], from: number, to: number, node?: TreeNode) => {
    const running: TreeNode[] = []
    let at = to
    for (const child of children) {
      if (child.to <= from) break
      if (child.from >= at) continue
      if (child.to > at) {
        running.push(child)
        continue
      }
      fill(running, child.to, at, node)
      visit(child, Math.max(from, child.from), child.to)
      at = Math.max(from, child.from)
    }
    fill(running, from, at, node)
  }
  const sorted = new Map<TreeNode, TreeNode[]>()
  const childrenOf = (node: TreeNode) => {
    const known = sorted.get(node) ?? [...node.children].sort(byEnd)
    sorted.set(node, known)
    return known
  }
  walk([...roots].sort(byEnd), -Infinity, Infinity)
  for (let next = waitedFor.pop(); next; next = waitedFor.pop()) {
    const { node, from, to } = next
    walk(childrenOf(node), from, to, node)
  }
  for (const of of stretches.values()) of.sort((a, b) => a.from - b.from)
  return { stretches, byService }
}
