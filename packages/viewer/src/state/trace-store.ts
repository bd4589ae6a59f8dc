// trace-store.ts: one trace being looked at: what is loaded, where the cursor is, what is folded.

import {
  batch,
  computed,
  effect,
  signal,
  untracked,
  type ReadonlySignal,
  type Signal,
} from '@preact/signals'
import type { Api } from '../api/client.ts'
import type { Stretch } from '../layout/self-time.ts'
import { ancestors, visibleRows, type TreeNode } from '../layout/tree.ts'
import { createLoading, type Loaded } from './loading.ts'
import type { Route } from './route.ts'
import { createTraceView, spanMatches, type TraceView } from './trace-view.ts'

export interface TraceStore {
  state: ReadonlySignal<Loaded<TraceView>>
  rows: ReadonlySignal<TreeNode[]>
  collapsed: Signal<ReadonlySet<string>>
  /** The span id under the cursor. */
  cursor: Signal<string | undefined>
  node: ReadonlySignal<TreeNode | undefined>
  /** Details are shown for the cursor's span. */
  open: ReadonlySignal<boolean>
  /** The span id of the address was not in the trace. */
  missing: ReadonlySignal<string | undefined>
  /** The stretch of time in view, in ns since the trace's origin. */
  window: Signal<Stretch>
  /** What is searched for in the trace. */
  query: Signal<string>
  /** Ids of the spans that match; undefined where nothing is searched for. */
  matches: ReadonlySignal<ReadonlySet<string> | undefined>
  reload: () => void
}

interface Parts {
  api: Api
  route: ReadonlySignal<Route>
}

const createSignals = (route: ReadonlySignal<Route>, state: ReadonlySignal<Loaded<TraceView>>) => {
  const collapsed = signal<ReadonlySet<string>>(new Set())
  const cursor = signal<string | undefined>(undefined)
  const query = signal('')
  const view = computed(() => (state.value.kind == 'ready' ? state.value.value : undefined))
  const asked = computed(() => (route.value.page == 'trace' ? route.value.spanId : undefined))
  const find = (id: string | undefined) => (id ? view.value?.forest.byId.get(id) : undefined)
  return {
    collapsed,
    cursor,
    query,
    window: signal<Stretch>({ from: 0, to: 1 }),
    rows: computed(() => (view.value ? visibleRows(view.value.forest, collapsed.value) : [])),
    node: computed(() => find(cursor.value)),
    open: computed(() => !!find(asked.value)),
    missing: computed(() =>
      view.value && asked.value && !find(asked.value) ? asked.value : undefined,
    ),
    matches: computed(() => {
      const wanted = query.value.trim().toLowerCase()
      if (!wanted || !view.value) return undefined
      const found = view.value.trace.spans.filter((it) => spanMatches(it, wanted))
      return new Set(found.map((it) => it.id))
    }),
    asked,
    view,
  }
}

/** Builds the store; it loads whenever the address names another trace. */
export const createTraceStore = ({ api, route }: Parts): TraceStore => {
  const { state, load } = createLoading<TraceView>()
  const { asked, view, ...signals } = createSignals(route, state)
  const traceId = computed(() => (route.value.page == 'trace' ? route.value.traceId : undefined))
  const reload = () => {
    const id = traceId.peek()
    if (!id) return
    void load(async (signal) => {
      const answer = await api.trace(id, signal)
      return answer.kind == 'ok' ? { kind: 'ok', value: createTraceView(answer.value) } : answer
    }, true)
  }
  effect(() => {
    if (traceId.value) untracked(reload)
  })
  effect(() => {
    const loaded = view.value
    if (!loaded) return
    batch(() => {
      signals.window.value = { from: 0, to: loaded.trace.duration || 1 }
      signals.collapsed.value = new Set()
      signals.query.value = ''
      const { byId, nodes } = loaded.forest
      signals.cursor.value = (byId.get(asked.peek() ?? '') ?? nodes[0])?.span.id
    })
  })
  // The address leads the cursor, and what it names is never hidden in a folded branch.
  effect(() => {
    const id = asked.value
    const node = view.value?.forest.byId.get(id ?? '')
    if (!id || !node) return
    signals.cursor.value = id
    const folded = signals.collapsed.peek()
    const hidden = ancestors(node).filter((it) => folded.has(it.span.id))
    if (!hidden.length) return
    const open = new Set(folded)
    for (const it of hidden) open.delete(it.span.id)
    signals.collapsed.value = open
  })
  return { state, reload, ...signals }
}
