// queries.ts: what people ask, in SQL. Values are always bound, never written into the text.

import { buildTrace } from './build-trace.ts'
import type { Reader, Row } from './reader.ts'
import { listed, onlyBest } from './schema.ts'
import { createSearch } from './search.ts'
import type { Slices } from './slices.ts'
import {
  mostTraceBytes,
  mostTraceSpans,
  type RouteSearch,
  type RouteSummary,
  type ServiceSummary,
  type StoredTrace,
  type Store,
  type Window,
} from './store.ts'
import { createSummaries } from './summaries.ts'
import { bindWindow, end, inWindow, length, momentOf, nanos } from './time-window.ts'

/** A sender may make up any number of services. */
const mostServices = 1000

const percentiles = `count(*) AS count, count(*) FILTER (status = 2) AS errors,
  quantile_cont(${length}, [0.5, 0.75, 0.95, 0.99]) AS q`

const readPercentiles = ({ count, errors, q }: Row) => {
  const [p50, p75, p95, p99] = (q as number[]).map((ns) => ns / 1e6) as [
    number,
    number,
    number,
    number,
  ]
  return { count: Number(count), errors: Number(errors), p50, p75, p95, p99 }
}

const createRoutes =
  ({ ask }: Reader, slices: Slices) =>
  async (asked: RouteSearch): Promise<{ routes: RouteSummary[]; truncated: boolean }> => {
    const { service, limit, step } = asked
    // Names that begin alike for so long are one, so that no answer grows with them.
    const spans = `(SELECT ${listed('service')} AS service, ${listed('name')} AS name, start_ns, end_ns, status
      FROM ${slices.within(asked.from, asked.to)} WHERE ${inWindow}
      AND (kind IN (2, 3) OR parent_id = 0) ${service === undefined ? '' : 'AND service = $service'})`
    const order = 'ORDER BY count DESC, service, name LIMIT $limit'
    const bound = { ...bindWindow(asked), ...(service !== undefined && { service }) }
    const rows = await ask(
      `SELECT service, name, ${percentiles} FROM ${spans} GROUP BY service, name ${order}`,
      { ...bound, limit: limit + 1 },
    )
    const steps = await ask(
      `WITH s AS ${spans},
       most AS (SELECT service, name, count(*) AS count FROM s GROUP BY service, name ${order})
       SELECT s.service, s.name, start_ns // $step AS step, ${percentiles.replace('count(*) AS', 'count(s.name) AS')}
       FROM s JOIN most ON s.service = most.service AND s.name = most.name
       GROUP BY s.service, s.name, step ORDER BY step`,
      { ...bound, limit, step: nanos(step * 1e3) },
    )
    const keyOf = (row: Row) => JSON.stringify([row['service'], row['name']])
    const buckets = new Map<string, RouteSummary['buckets']>()
    for (const row of steps) {
      const known = buckets.get(keyOf(row)) ?? []
      buckets.set(keyOf(row), known)
      known.push({ time: Number(row['step']) * step * 1e3, ...readPercentiles(row) })
    }
    const routes = rows.slice(0, limit).map((row) => ({
      service: row['service'] as string,
      name: row['name'] as string,
      ...readPercentiles(row),
      buckets: buckets.get(keyOf(row)) ?? [],
    }))
    return { routes, truncated: rows.length > limit }
  }

const createServices =
  ({ ask }: Reader, slices: Slices) =>
  async (window: Window): Promise<ServiceSummary[]> => {
    const rows = await ask(
      `SELECT ${listed('service')} AS service, count(*) AS spans, count(*) FILTER (status = 2) AS errors, max(${end}) AS last_seen
       FROM ${slices.within(window.from, window.to)} WHERE ${inWindow} GROUP BY ALL ORDER BY ALL
       LIMIT ${mostServices}`,
      bindWindow(window),
    )
    const lost = await ask(
      `SELECT service, reason, sum(spans) AS spans, max(at_ms) AS at FROM about.drops
       WHERE at_ms BETWEEN $from AND $to GROUP BY service, reason ORDER BY spans DESC, reason
       LIMIT ${mostServices}`,
      { from: BigInt(Math.floor(window.from)), to: BigInt(Math.ceil(window.to)) },
    )
    const services = new Map<string, ServiceSummary>()
    for (const row of rows) {
      const name = row['service'] as string
      const [spans, errors] = [Number(row['spans']), Number(row['errors'])]
      services.set(name, { name, spans, errors, lastSeen: momentOf(row['last_seen']), dropped: {} })
    }
    // All that a service had may be lost.
    for (const row of lost) {
      const name = row['service'] as string
      const lastSeen = Number(row['at'])
      const service = services.get(name) ?? { name, spans: 0, errors: 0, lastSeen, dropped: {} }
      services.set(name, service)
      service.dropped[row['reason'] as string] = Number(row['spans'])
    }
    return [...services.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

// About what a row takes as text.
const bytes = `strlen(name) + strlen(message) + strlen(trace_state) + strlen(more) + strlen(resource) + strlen(scope)
  + coalesce(list_sum(list_transform(map_entries(attributes), lambda it: strlen(it.key) + strlen(it.value))), 0)`

const createTrace =
  (reader: Reader, slices: Slices) =>
  async (traceId: string): Promise<StoredTrace | undefined> => {
    const { ask } = reader
    const bound = { id: BigInt('0x' + traceId) }
    const found = `FROM ${slices.everything()} WHERE trace_id = $id ${onlyBest} ORDER BY start_ns, span_id`
    // looked at before it is read: whoever sends decides how large it is
    const sizes = await ask(`SELECT ${bytes} AS bytes ${found} LIMIT ${mostTraceSpans + 1}`, bound)
    if (!sizes.length) return
    let room = mostTraceBytes
    const over = sizes.findIndex(
      (row, n) => n == mostTraceSpans || (room -= Number(row['bytes'])) < 0,
    )
    // one at least: it came in one request, and so has its bounds
    const count = over < 0 ? sizes.length : Math.max(1, over)
    const trace = buildTrace(await ask(`SELECT * ${found} LIMIT ${count}`, bound))
    const [summary] = await createSummaries(reader)([bound.id], slices.everything())
    const { start, duration, clocks } = summary ?? { start: 0, duration: 0, clocks: [] }
    const more = count < sizes.length && { truncated: true as const }
    return { ...trace, start, duration, clocks, ...more }
  }

/** The questions of the query API, over the slices. */
export const createQueries = (
  reader: Reader,
  slices: Slices,
): Pick<Store, 'services' | 'search' | 'trace' | 'routes'> => ({
  services: createServices(reader, slices),
  search: createSearch(reader, slices),
  trace: createTrace(reader, slices),
  routes: createRoutes(reader, slices),
})
