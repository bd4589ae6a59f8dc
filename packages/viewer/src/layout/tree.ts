// tree.ts: spans to a forest, whatever their parent ids claim. No recursion: a trace may be one long chain.

import type { Span, Trace } from '../api/model.ts'

/** Why a span stands at the top: it is a root, its parent never came, or its ancestors form a ring. */
export type Top = 'root' | 'orphan' | 'ring'

export interface TreeNode {
  span: Span
  parent: TreeNode | undefined
  /** By start time. */
  children: TreeNode[]
  depth: number
  top: Top | undefined
  /** Spans below, at any depth. */
  below: number
  /** Spans below with status error. */
  errorsBelow: number
  /** First start and last end of this span and all below, in ns. */
  from: number
  to: number
}

export interface Forest {
  roots: TreeNode[]
  /** Every node, parents before children, in reading order. */
  nodes: TreeNode[]
  byId: Map<string, TreeNode>
}

const isNode = (node: TreeNode | undefined): node is TreeNode => !!node

const createNode = (span: Span): TreeNode => ({
  span,
  parent: undefined,
  children: [],
  depth: 0,
  top: undefined,
  below: 0,
  errorsBelow: 0,
  from: span.start,
  to: span.start + span.duration,
})

// Walks up from every node once; meeting this walk's own mark again means a ring, which is cut
// above its earliest span.
const cutRings = (nodes: readonly TreeNode[]) => {
  const walkOf = new Map<TreeNode, number>()
  nodes.forEach((start, walk) => {
    let node: TreeNode | undefined = start
    while (node && !walkOf.has(node)) {
      walkOf.set(node, walk)
      node = node.parent
    }
    if (!node || walkOf.get(node) != walk) return
    let first = node
    for (let it = node.parent; it && it != node; it = it.parent)
      if (it.span.start < first.span.start) first = it
    first.parent = undefined
    first.top = 'ring'
  })
}

const readingOrder = (roots: readonly TreeNode[]) => {
  const order: TreeNode[] = []
  const stack = [...roots].reverse()
  for (let node = stack.pop(); node; node = stack.pop()) {
    order.push(node)
    for (const child of [...node.children].reverse()) {
      child.depth = node.depth + 1
      stack.push(child)
    }
  }
  return order
}

const sumUp = (nodes: readonly TreeNode[]) => {
  for (const node of [...nodes].reverse()) {
    const { parent } = node
    if (!parent) continue
    parent.below += node.below + 1
    parent.errorsBelow += node.errorsBelow + (node.span.status == 'error' ? 1 : 0)
    parent.from = Math.min(parent.from, node.from)
    parent.to = Math.max(parent.to, node.to)
  }
}

/** An error that no span below explains: where it began, as far as we can see. */
export const isErrorOrigin = ({ span, errorsBelow }: TreeNode): boolean =>
  span.status == 'error' && !errorsBelow

/** Builds the forest of a trace, whose spans are sorted by start. Linear in the number of spans. */
export const buildForest = ({ spans }: Pick<Trace, 'spans'>): Forest => {
  const all = spans.map(createNode)
  const byId = new Map(all.map((it) => [it.span.id, it]))
  for (const node of all) {
    const { parentId } = node.span
    node.parent = parentId ? byId.get(parentId) : undefined
    if (!node.parent) node.top = parentId ? 'orphan' : 'root'
  }
  cutRings(all)
  for (const node of all) node.parent?.children.push(node)
  const roots = all.filter((it) => !it.parent)
  const nodes = readingOrder(roots)
  sumUp(nodes)
  return { roots, nodes, byId }
}

/** The rows to show: every node that has no collapsed ancestor, in reading order. */
export const visibleRows = (forest: Forest, collapsed: ReadonlySet<string>): TreeNode[] => {
  if (!collapsed.size) return forest.nodes
  const rows: TreeNode[] = []
  for (let at = 0; at < forest.nodes.length;) {
    const node = forest.nodes[at]
    if (!isNode(node)) break
    rows.push(node)
    at += 1 + (collapsed.has(node.span.id) ? node.below : 0)
  }
  return rows
}

/** From the span's parent up to its root. */
export const ancestors = (node: TreeNode | undefined): TreeNode[] => {
  const found: TreeNode[] = []
  for (let it = node?.parent; it; it = it.parent) found.push(it)
  return found
}
