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
import type { Trace } from '../api/model.ts'
import type { Stretch } from '../layout/self-time.ts'
import { ancestors, visibleRows, type TreeNode } from '../layout/tree.ts'
import { createFollow } from './follow.ts'
import { createLoading, type Loaded } from './loading.ts'
import type { Route } from './route.ts'
import { createTraceView, spanMatches, type TraceView } from './trace-view.ts'

/** How long after a trace's end the last of its spans may come, in ms. */
const settling = 10_000

/** How long it is looked for when nothing of it is stored, in ms. */
const patience = 10_000

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
  /** The trace is young, or not there yet: it is asked for again and again. */
  following: ReadonlySignal<boolean>
  reload: () => void
}

interface Parts {
  api: Api
  route: ReadonlySignal<Route>
  /** ms since the Unix epoch. */
  now: () => number
  page: Pick<Document, 'hidden'>
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

type Signals = ReturnType<typeof createSignals>

// When another trace comes, all is as at the start. When more of the same does, whoever looks at it
// keeps the place: the cursor, what is folded, what is searched for, the stretch of time.
const keepPlace = ({ view, window, collapsed, query, cursor, asked }: Signals) => {
  let before: TraceView | undefined
  return effect(() => {
    const loaded = view.value
    if (!loaded || loaded == before) return
    const { trace, forest } = loaded
    const same = before?.trace.id == trace.id ? before?.trace : undefined
    before = loaded
    const { from, to } = window.peek()
    const zoomed = same && (from > 0 || to < (same.duration || 1))
    const shift = same ? Number(same.origin - trace.origin) : 0
    batch(() => {
      window.value = zoomed
        ? { from: from + shift, to: to + shift }
        : { from: 0, to: trace.duration || 1 }
      if (!same) {
        collapsed.value = new Set()
        query.value = ''
      }
      const node =
        forest.byId.get(asked.peek() ?? '') ??
        (same && forest.byId.get(cursor.peek() ?? '')) ??
        forest.nodes[0]
      cursor.value = node?.span.id
    })
  })
}

// Until when more of it may come, in ms since the Unix epoch.
const mayGrowUntil = (state: Loaded<TraceView>, askedAt: number, grownAt: number) => {
  if (state.kind == 'failed') return state.status == 404 ? askedAt + patience : 0
  if (state.kind != 'ready') return 0
  const { origin, duration } = state.value.trace
  const end = Number(origin / 1_000_000n) + duration / 1e6
  // a sender's clock may be ahead by hours
  return Math.min(end, grownAt + settling) + settling
}

// Whether two answers tell the same: of a span that was open there may be the end, or more of its life.
const isSame = (a: Trace, b: Trace) =>
  a.origin == b.origin &&
  a.spans.length == b.spans.length &&
  a.spans.every((it, n) => {
    const { id, start, duration, ending, status } = b.spans[n]!
    return (
      it.id == id &&
      it.start == start &&
      it.duration == duration &&
      it.ending == ending &&
      it.status == status
    )
  })

/** Builds the store; it loads whenever the address names another trace, and follows a young one. */
export const createTraceStore = ({ api, route, now, page }: Parts): TraceStore => {
  const { state, load } = createLoading<TraceView>()
  const { asked, view, ...signals } = createSignals(route, state)
  const askedAt = signal(0)
  const grownAt = signal(0)
  const traceId = computed(() => (route.value.page == 'trace' ? route.value.traceId : undefined))
  const ask = (fresh: boolean) => {
    const id = traceId.peek()
    if (!id) return
    if (fresh) askedAt.value = now()
    void load(async (signal) => {
      const answer = await api.trace(id, signal)
      const before = fresh ? undefined : view.peek()
      // a trace that is shown stays, whatever the collector says of it now
      if (answer.kind != 'ok') return before ? { kind: 'ok', value: before } : answer
      const same = before && isSame(before.trace, answer.value)
      if (same) return { kind: 'ok', value: before }
      grownAt.value = now()
      return { kind: 'ok', value: createTraceView(answer.value) }
    }, fresh)
  }
  const reload = () => ask(true)
  effect(() => {
    if (traceId.value) untracked(reload)
  })
  const following = createFollow({
    now,
    page,
    until: computed(() =>
      traceId.value ? mayGrowUntil(state.value, askedAt.value, grownAt.value) : 0,
    ),
    ask: () => ask(false),
  })
  keepPlace({ asked, view, ...signals })
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
  return { state, reload, following, ...signals }
}
