// trace-actions.ts: what a person can do on the trace page, by key or by hand.

import { fitWindow } from '../layout/window.ts'
import type { Stretch } from '../layout/self-time.ts'
import { traceHref } from './route.ts'
import type { TraceStore } from './trace-store.ts'

export interface TraceActions {
  /** Puts the cursor on a span; with details open, they follow. */
  point: (id: string) => void
  openDetails: (id: string) => void
  closeDetails: () => void
  /** Moves the cursor by rows; beyond the ends it stays. */
  move: (by: number) => void
  /** Folds the span, or, where there is nothing to fold, goes to its parent. */
  foldOrUp: () => void
  /** Unfolds the span, or, where it is unfolded, goes to its first child. */
  unfoldOrDown: () => void
  toggle: (id: string) => void
  /** Folds or unfolds every span that has children. */
  foldAll: (fold: boolean) => void
  /** Goes to the next (1) or previous (-1) span of which `wanted` is true, and round. */
  seek: (direction: 1 | -1, wanted: (id: string) => boolean) => void
  zoom: (window: Stretch) => void
  zoomToCursor: () => void
  zoomOut: () => void
}

interface Parts {
  store: TraceStore
  navigate: (href: string, replace?: boolean) => void
}

const createFolding = (
  store: TraceStore,
  move: (by: number) => void,
  point: (id: string) => void,
) => {
  const fold = (id: string, on: boolean) => {
    const folded = new Set(store.collapsed.value)
    if (on) folded.add(id)
    else folded.delete(id)
    store.collapsed.value = folded
  }
  const isOpen = (id: string) => !store.collapsed.value.has(id)
  return {
    toggle: (id: string) => fold(id, isOpen(id)),
    foldOrUp: () => {
      const node = store.node.value
      if (node?.children.length && isOpen(node.span.id)) fold(node.span.id, true)
      else if (node?.parent) point(node.parent.span.id)
    },
    unfoldOrDown: () => {
      const node = store.node.value
      if (!node?.children.length) return
      if (isOpen(node.span.id)) move(1)
      else fold(node.span.id, false)
    },
  }
}

const createZoom = (store: TraceStore, duration: () => number) => {
  const zoom = (window: Stretch) => {
    store.window.value = fitWindow(window, duration())
  }
  return {
    zoom,
    zoomOut: () => zoom({ from: 0, to: duration() }),
    zoomToCursor: () => {
      const span = store.node.value?.span
      if (!span) return
      const air = span.duration * 0.05
      zoom({ from: span.start - air, to: span.start + span.duration + air })
    },
  }
}

/** Builds the actions on a store; `navigate` keeps the address in step. */
export const createTraceActions = ({ store, navigate }: Parts): TraceActions => {
  const view = () => (store.state.value.kind == 'ready' ? store.state.value.value : undefined)
  const go = (id?: string) => navigate(traceHref(view()?.trace.id ?? '', id), true)
  const point = (id: string) => {
    store.cursor.value = id
    if (store.open.value) go(id)
  }
  const rowOf = (id: string | undefined) => store.rows.value.findIndex((it) => it.span.id == id)
  const move = (by: number) => {
    const rows = store.rows.value
    const at = Math.min(Math.max(0, rowOf(store.cursor.value) + by), rows.length - 1)
    const id = rows[at]?.span.id
    if (id) point(id)
  }
  return {
    point,
    move,
    openDetails: go,
    closeDetails: () => go(),
    ...createFolding(store, move, point),
    ...createZoom(store, () => view()?.trace.duration || 1),
    foldAll: (fold) => {
      const nodes = view()?.forest.nodes ?? []
      const folded = nodes.filter((it) => fold && it.children.length && it.depth > 0)
      store.collapsed.value = new Set(folded.map((it) => it.span.id))
      if (rowOf(store.cursor.value) < 0) store.cursor.value = nodes[0]?.span.id
    },
    seek: (direction, wanted) => {
      const rows = store.rows.value
      const from = rowOf(store.cursor.value)
      for (let n = 1; n <= rows.length; n++) {
        const at = (from + direction * n + rows.length * 2) % rows.length
        const id = rows[at]?.span.id
        if (id && wanted(id)) return point(id)
      }
    },
  }
}
