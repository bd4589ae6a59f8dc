// queries.ts: what people ask, in SQL. Values are always bound, never written into the text.

import { BIGINT, UHUGEINT, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api'
import { textsFor } from '../attribute-text.ts'
import { buildTrace } from './build-trace.ts'
import { sliceMs, type Slices } from './slices.ts'
import type {
  RouteSearch,
  RouteSummary,
  Store,
  TraceSearch,
  TraceSummary,
  Window,
} from './store.ts'

type Bound = Record<string, DuckDBValue>

const nanos = (ms: number) => BigInt(Math.round(ms * 1e3)) * 1000n

/** ms with six decimals: ns are kept. */
const millis = (ns: unknown) => Number(ns) / 1e6

const inWindow = 'start_ns BETWEEN $from AND $to'
const bindWindow = ({ from, to }: Window): Bound => ({ from: nanos(from), to: nanos(to) })

// A list of texts as SQL that binds each of them.
const oneOf = (texts: string[], name: string, bound: Bound) =>
  texts
    .map((text, at) => {
      bound[`${name}_${at}`] = text
      return `$${name}_${at}`
    })
    .join(', ')

// A resource is JSON of pairs, so a pair of it is found as text.
const attributeCondition = (
  { key, value }: TraceSearch['attributes'][number],
  at: number,
  bound: Bound,
) => {
  const name = `a${at}`
  bound[`${name}_key`] = key
  if (value === undefined) {
    bound[`${name}_pair`] = `[${JSON.stringify(key)},`
    return `(map_contains(attributes, $${name}_key) OR contains(resource, $${name}_pair))`
  }
  const texts = textsFor(value)
  const pairs = texts.map((text) => JSON.stringify([key, text]))
  const inResource = pairs.map((pair, n) => {
    bound[`${name}_pair_${n}`] = pair
    return `contains(resource, $${name}_pair_${n})`
  })
  return `(attributes[$${name}_key] IN (${oneOf(texts, name, bound)}) OR ${inResource.join(' OR ')})`
}

const conditionsOf = (search: TraceSearch) => {
  const bound: Bound = bindWindow(search)
  const conditions = [inWindow]
  const add = (name: string, value: DuckDBValue | undefined, sql: string) => {
    if (value === undefined) return
    bound[name] = value
    conditions.push(sql)
  }
  const { service, name, minDuration, maxDuration, status, attributes } = search
  add('service', service, 'service = $service')
  add('name', name, 'contains(lower(name), lower($name))')
  add(
    'least',
    minDuration === undefined ? undefined : nanos(minDuration),
    'end_ns - start_ns >= $least',
  )
  add(
    'most',
    maxDuration === undefined ? undefined : nanos(maxDuration),
    'end_ns - start_ns <= $most',
  )
  add('status', status, 'status = $status')
  attributes.forEach((it, at) => conditions.push(attributeCondition(it, at, bound)))
  return { bound, where: conditions.join(' AND ') }
}

const hexOf = (value: unknown, digits: number) =>
  (value as bigint).toString(16).padStart(digits, '0')

const percentiles = `count(*) AS count, count(*) FILTER (status = 2) AS errors,
  quantile_cont(end_ns - start_ns, [0.5, 0.75, 0.95, 0.99]) AS q`

const readPercentiles = ({ count, errors, q }: Record<string, unknown>) => {
  const [p50, p75, p95, p99] = q as [number, number, number, number]
  return {
    count: Number(count),
    errors: Number(errors),
    p50: p50 / 1e6,
    p75: p75 / 1e6,
    p95: p95 / 1e6,
    p99: p99 / 1e6,
  }
}

/** The questions of the query API, over the slices. */
export const createQueries = (
  connection: DuckDBConnection,
  slices: Slices,
): Pick<Store, 'services' | 'search' | 'trace' | 'routes'> => {
  // A bigint is bound as a signed one unless told: the upper half of all trace ids would not fit.
  const ask = async (sql: string, bound: Bound = {}) => {
    const types = Object.fromEntries(
      Object.entries(bound).flatMap(([name, value]) =>
        typeof value == 'bigint' ? [[name, name.startsWith('id') ? UHUGEINT : BIGINT]] : [],
      ),
    )
    return (await connection.runAndReadAll(sql, bound, types)).getRowObjectsJS() as Record<
      string,
      unknown
    >[]
  }

  const services = async (window: Window) => {
    const rows = await ask(
      `SELECT service, count(*) AS spans, count(*) FILTER (status = 2) AS errors, max(end_ns) AS last_seen
       FROM ${slices.within(window.from, window.to)} WHERE ${inWindow} GROUP BY service ORDER BY service`,
      bindWindow(window),
    )
    return rows.map((row) => ({
      name: row['service'] as string,
      spans: Number(row['spans']),
      errors: Number(row['errors']),
      lastSeen: millis(row['last_seen']),
    }))
  }

  // Spans of a trace may lie outside the window, or in the slice beside it.
  const summaries = async (ids: bigint[], { from, to }: Window): Promise<TraceSummary[]> => {
    const bound: Bound = {}
    const list = ids.map((id, at) => ((bound[`id${at}`] = id), `$id${at}`)).join(', ')
    const rows = await ask(
      `WITH s AS (SELECT * FROM ${slices.within(from - sliceMs, to + sliceMs)} WHERE trace_id IN (${list})),
       roots AS (SELECT trace_id, arg_min({service: service, name: name}, (CASE WHEN parent_id = 0 THEN 0 ELSE 1 END, start_ns)) AS root,
           min(start_ns) AS first_ns, max(end_ns) AS last_ns FROM s GROUP BY trace_id),
       parts AS (SELECT trace_id, service, count(*) AS spans, count(*) FILTER (status = 2) AS errors, min(start_ns) AS since
           FROM s GROUP BY trace_id, service)
       SELECT trace_id, any_value(root) AS root, any_value(first_ns) AS first_ns, any_value(last_ns) AS last_ns,
           list({name: service, spans: spans, errors: errors} ORDER BY since) AS services
       FROM parts JOIN roots USING (trace_id) GROUP BY trace_id ORDER BY first_ns DESC`,
      bound,
    )
    return rows.map((row) => {
      const root = row['root'] as { service: string; name: string }
      const parts = row['services'] as { name: string; spans: bigint; errors: bigint }[]
      const each = parts.map(({ name, spans, errors }) => ({
        name,
        spans: Number(spans),
        errors: Number(errors),
      }))
      const sum = (of: 'spans' | 'errors') => each.reduce((all, it) => all + it[of], 0)
      return {
        traceId: hexOf(row['trace_id'], 32),
        rootService: root.service,
        rootName: root.name,
        start: Number((row['first_ns'] as bigint) / 1000n) / 1e3,
        duration: millis((row['last_ns'] as bigint) - (row['first_ns'] as bigint)),
        spans: sum('spans'),
        errors: sum('errors'),
        services: each,
      }
    })
  }

  const search = async (asked: TraceSearch) => {
    const { bound, where } = conditionsOf(asked)
    const found = await ask(
      `SELECT trace_id, max(start_ns) AS latest FROM ${slices.within(asked.from, asked.to)}
       WHERE ${where} GROUP BY trace_id ORDER BY latest DESC LIMIT $limit`,
      { ...bound, limit: asked.limit + 1 },
    )
    const ids = found.slice(0, asked.limit).map((row) => row['trace_id'] as bigint)
    return {
      traces: ids.length ? await summaries(ids, asked) : [],
      truncated: found.length > asked.limit,
    }
  }

  const trace = async (traceId: string) => {
    const all = slices.all().map((name) => `FROM ${name}.spans`)
    const rows = await ask(
      `SELECT * FROM (${all.join(' UNION ALL ')}) WHERE trace_id = $id ORDER BY start_ns, span_id`,
      { id: BigInt('0x' + traceId) },
    )
    return rows.length ? buildTrace(rows) : undefined
  }

  const routes = async (asked: RouteSearch): Promise<RouteSummary[]> => {
    const spans = `${slices.within(asked.from, asked.to)} WHERE ${inWindow}
      AND (kind IN (2, 3) OR parent_id = 0) ${asked.service === undefined ? '' : 'AND service = $service'}`
    const bound = {
      ...bindWindow(asked),
      ...(asked.service !== undefined && { service: asked.service }),
    }
    const rows = await ask(
      `SELECT service, name, ${percentiles} FROM ${spans} GROUP BY service, name ORDER BY count DESC, service, name LIMIT 1000`,
      bound,
    )
    const steps = await ask(
      `SELECT service, name, start_ns // $step AS step, ${percentiles} FROM ${spans} GROUP BY ALL ORDER BY step`,
      { ...bound, step: nanos(asked.step * 1e3) },
    )
    const keyOf = (row: Record<string, unknown>) => JSON.stringify([row['service'], row['name']])
    const buckets = new Map<string, RouteSummary['buckets']>()
    for (const row of steps) {
      const time = Number(row['step']) * asked.step * 1e3
      const known = buckets.get(keyOf(row)) ?? []
      buckets.set(keyOf(row), known)
      known.push({ time, ...readPercentiles(row) })
    }
    return rows.map((row) => ({
      service: row['service'] as string,
      name: row['name'] as string,
      ...readPercentiles(row),
      buckets: buckets.get(keyOf(row)) ?? [],
    }))
  }

  return { services, search, trace, routes }
}
