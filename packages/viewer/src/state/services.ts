// services.ts: which services there are in the time that is looked at, and the colour of each.

import { computed, effect, signal, untracked } from '@preact/signals'
import type { Api } from '../api/client.ts'
import type { ServiceSummary } from '../api/model.ts'
import { assignColours } from '../layout/colours.ts'
import { windowQuery } from './filter.ts'
import type { ListStore } from './list-store.ts'
import type { TraceStore } from './trace-store.ts'

/** How long an answer on services is good enough, in ms. */
const servicesLast = 60_000

interface Parts {
  api: Pick<Api, 'services'>
  list: Pick<ListStore, 'filter' | 'traces'>
  trace: Pick<TraceStore, 'state'>
  /** ms since the Unix epoch. */
  now: () => number
}

// The services of the list's time: asked for once at the start, when that time changes, when the list shows one that is
// not known yet, and with a list that is asked for a minute later: what was lost may have grown.
const createAsked = ({ api, list, now }: Parts) => {
  const services = signal<ServiceSummary[]>([])
  const answered = signal(false)
  // The root of a trace that began before that time may have no span within it: no answer will know it.
  const roots = new Set<string>()
  let askedFor: string | undefined
  let askedAt = 0
  const load = async (query: string) => {
    if (query != askedFor) roots.clear()
    askedFor = query
    askedAt = now()
    for (const { rootService } of list.traces.peek()) roots.add(rootService)
    const answer = await api.services(query)
    // of another time, which is no longer looked at
    if (query != askedFor) return
    answered.value = true
    if (answer.kind == 'ok') services.value = answer.value
  }
  effect(() => {
    const query = windowQuery(list.filter.value)
    const known = new Set(services.peek().map((it) => it.name))
    const isNew = list.traces.value.some(
      ({ rootService }) => !known.has(rootService) && !roots.has(rootService),
    )
    if (query != askedFor || isNew || now() - askedAt > servicesLast)
      untracked(() => void load(query))
  })
  return { services, answered }
}

/** Builds what knows the services. */
export const createServices = (parts: Parts) => {
  const { api, list, trace } = parts
  const { services, answered } = createAsked(parts)
  // Of the last day, whatever is looked at: colours begin with these, and a store without any is a new one.
  const recent = signal<string[] | undefined>(undefined)
  void api.services('from=-1d').then((answer) => {
    recent.value = answer.kind == 'ok' ? answer.value.map((it) => it.name) : []
  })
  const seen = { colours: new Map<string, number>() }
  // Not before the services are known: a colour, once seen, stays, on this page and on the next.
  const colours = computed(() => {
    if (!answered.value || !recent.value) return seen.colours
    seen.colours = assignColours(recent.value, seen.colours)
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
    isEmpty: computed(() => recent.value?.length === 0 && !services.value.length),
    colourOf: (service: string) => `var(--service-${colours.value.get(service) ?? 'unknown'})`,
  }
}
