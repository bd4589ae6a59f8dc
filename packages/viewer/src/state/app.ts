// app.ts: the viewer's one composition root: address, services, clock, theme, and the two pages.

import { computed, effect, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import { createApi } from '../api/client.ts'
import type { ServiceSummary } from '../api/model.ts'
import { assignColours } from '../layout/colours.ts'
import { createListStore, type ListStore } from './list-store.ts'
import { createMemory } from './memory.ts'
import { parseRoute, type Route } from './route.ts'
import { createTheme, type ThemeChoice } from './theme.ts'
import { createTraceActions, type TraceActions } from './trace-actions.ts'
import { createTraceStore, type TraceStore } from './trace-store.ts'

export interface App extends ThemeChoice {
  route: ReadonlySignal<Route>
  navigate: (href: string, replace?: boolean) => void
  services: ReadonlySignal<ServiceSummary[]>
  /** The CSS colour of a service. */
  colourOf: (service: string) => string
  /** ms since the Unix epoch, ticking. */
  now: ReadonlySignal<number>
  /** The collector's own origin, for snippets. */
  origin: string
  list: ListStore
  trace: TraceStore
  actions: TraceActions
  /** The sheet of shortcuts is shown. */
  help: Signal<boolean>
}

const createRoute = (window: Window) => {
  const route = signal(parseRoute(window.location))
  const read = () => {
    route.value = parseRoute(window.location)
  }
  window.addEventListener('popstate', read)
  return {
    route,
    navigate: (href: string, replace?: boolean) => {
      const same = href == window.location.pathname + window.location.search
      window.history[replace || same ? 'replaceState' : 'pushState'](null, '', href)
      read()
    },
  }
}

/** How long an answer on services is good enough, in ms. */
const servicesLast = 60_000

const createServices = (api: ReturnType<typeof createApi>, list: ListStore, trace: TraceStore) => {
  const services = signal<ServiceSummary[]>([])
  const answered = signal(false)
  let askedAt = 0
  const load = async () => {
    askedAt = Date.now()
    const answer = await api.services()
    answered.value = true
    if (answer.kind == 'ok') services.value = answer.value
  }
  // Once at the start, when the list shows a service that is not known yet, and with a list that is asked
  // for a minute later: what was lost may have grown.
  void load()
  effect(() => {
    const known = new Set(services.peek().map((it) => it.name))
    const isNew = list.traces.value.some((it) => !known.has(it.rootService))
    if (isNew || Date.now() - askedAt > servicesLast) void load()
  })
  const seen = { colours: new Map<string, number>() }
  // Not before the services are known: a colour, once seen, stays, on this page and on the next.
  const colours = computed(() => {
    if (!answered.value) return seen.colours
    const state = trace.state.value
    const names = [
      ...services.value.map((it) => it.name),
      ...list.traces.value.flatMap((it) => it.services.map(({ name }) => name)),
      ...(state.kind == 'ready' ? state.value.services.map((it) => it.name) : []),
    ]
    return (seen.colours = assignColours(names, seen.colours))
  })
  return {
    services,
    colourOf: (service: string) => `var(--service-${colours.value.get(service) ?? 'unknown'})`,
  }
}

/** Builds the viewer's state for a window. */
export const createApp = (window: Window & typeof globalThis): App => {
  const api = createApi(window.fetch.bind(window))
  const memory = createMemory(() => window.localStorage)
  const { route, navigate } = createRoute(window)
  const now = signal(Date.now())
  setInterval(() => {
    if (!window.document.hidden) now.value = Date.now()
  }, 1000)
  const parts = { api, route, memory, page: window.document, now: () => Date.now() }
  const list = createListStore(parts)
  const trace = createTraceStore(parts)
  return {
    route,
    navigate,
    now,
    list,
    trace,
    origin: window.location.origin,
    help: signal(false),
    actions: createTraceActions({ store: trace, navigate }),
    ...createServices(api, list, trace),
    ...createTheme(window.document.documentElement, memory),
  }
}
