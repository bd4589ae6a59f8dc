// list-store.ts: the trace list, its answer, and when it asks again.

import {
  computed,
  effect,
  signal,
  untracked,
  type ReadonlySignal,
  type Signal,
} from '@preact/signals'
import type { Api } from '../api/client.ts'
import type { TraceList, TraceSummary } from '../api/model.ts'
import { filterQuery, noFilter, type Filter } from './filter.ts'
import { createLoading, type Loaded } from './loading.ts'
import type { Memory } from './memory.ts'
import type { Route } from './route.ts'
import { parseTime } from './typed.ts'

/** How often an automatic refresh asks, in ms. */
const refreshEvery = 5000

export interface ListStore {
  filter: ReadonlySignal<Filter>
  state: ReadonlySignal<Loaded<TraceList>>
  busy: ReadonlySignal<boolean>
  traces: ReadonlySignal<TraceSummary[]>
  /** The asked range when the last answer came, in ms since the Unix epoch. */
  range: ReadonlySignal<{ from: number; to: number }>
  automatic: ReadonlySignal<boolean>
  /** The trace id under the pointer or the focus, in the list or the chart. */
  pointed: Signal<string | undefined>
  /** Where the list was scrolled to, in px, for those who come back. */
  scrollTop: { value: number }
  refresh: () => void
  setAutomatic: (on: boolean) => void
}

interface Parts {
  api: Api
  route: ReadonlySignal<Route>
  memory: Memory
  now: () => number
  page: Document
}

const refreshWhileSeen = ({ page }: Parts, wanted: ReadonlySignal<boolean>, refresh: () => void) =>
  effect(() => {
    if (!wanted.value) return
    const ask = () => page.hidden || refresh()
    const timer = setInterval(ask, refreshEvery)
    page.addEventListener('visibilitychange', ask)
    return () => {
      clearInterval(timer)
      page.removeEventListener('visibilitychange', ask)
    }
  })

/** Builds the list; it asks whenever the list page is shown or its filter changes. */
export const createListStore = (parts: Parts): ListStore => {
  const { api, route, memory, now } = parts
  const { state, busy, load } = createLoading<TraceList>()
  const automatic = signal(memory.read('automatic') == 'yes')
  const range = signal({ from: now() - 36e5, to: now() })
  const onList = computed(() => route.value.page == 'list')
  // As text, so that an equal filter is no new question.
  const query = computed(() =>
    route.value.page == 'list' ? filterQuery(route.value.filter, true) : undefined,
  )
  const last: { filter: Filter } = { filter: noFilter }
  const filter = computed(() => {
    if (route.value.page == 'list') last.filter = route.value.filter
    return last.filter
  })
  const refresh = () =>
    void load(async (signal) => {
      const asked = filter.peek()
      const answer = await api.traces(filterQuery(asked, true), signal)
      const to = parseTime(asked.to, now()) ?? now()
      if (!signal.aborted) range.value = { from: parseTime(asked.from, now()) ?? to - 36e5, to }
      return answer
    })
  effect(() => {
    if (query.value !== undefined) untracked(refresh)
  })
  refreshWhileSeen(
    parts,
    computed(() => automatic.value && onList.value),
    refresh,
  )
  return {
    filter,
    state,
    busy,
    range,
    automatic,
    refresh,
    traces: computed(() => (state.value.kind == 'ready' ? state.value.value.traces : [])),
    pointed: signal(undefined),
    scrollTop: { value: 0 },
    setAutomatic: (on) => {
      automatic.value = on
      memory.write('automatic', on ? 'yes' : 'no')
      if (on) refresh()
    },
  }
}
