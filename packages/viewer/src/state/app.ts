// app.ts: the viewer's one composition root: address, services, clock, theme, and the two pages.

import { signal, type ReadonlySignal, type Signal } from '@preact/signals'
import { createApi } from '../api/client.ts'
import type { ServiceSummary } from '../api/model.ts'
import { createListStore, type ListStore } from './list-store.ts'
import { createMemory } from './memory.ts'
import { parseRoute, type Route } from './route.ts'
import { createServices } from './services.ts'
import { createTheme, type ThemeChoice } from './theme.ts'
import { createTraceActions, type TraceActions } from './trace-actions.ts'
import { createTraceStore, type TraceStore } from './trace-store.ts'

export interface App extends ThemeChoice {
  route: ReadonlySignal<Route>
  navigate: (href: string, replace?: boolean) => void
  /** Of the time that the list is asked for. */
  services: ReadonlySignal<ServiceSummary[]>
  /** There was nothing in the last day, nor in the time that the list is asked for. */
  isEmpty: ReadonlySignal<boolean>
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
    ...createServices({ api, list, trace, now: parts.now }),
    ...createTheme(window.document.documentElement, memory),
  }
}
