// search.ts: which traces match, and a summary of each.

import type { DuckDBValue } from '@duckdb/node-api'
import { textsFor } from '../attribute-text.ts'
import type { Bound, Reader, Row } from './reader.ts'
import { listed, onlyBest, states } from './schema.ts'
import { sliceMs, type Slices } from './slices.ts'
import type { TraceSearch, TraceSummary, Window } from './store.ts'
import { bindWindow, end, inWindow, length, millis, momentOf, nanosLong } from './time-window.ts'

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
    minDuration === undefined ? undefined : nanosLong(minDuration),
    `${length} >= $least`,
  )
  add('most', maxDuration === undefined ? undefined : nanosLong(maxDuration), `${length} <= $most`)
  add('status', status, 'status = $status')
  attributes.forEach((it, at) => conditions.push(attributeCondition(it, at, bound)))
  return { bound, where: conditions.join(' AND ') }
}

const hexOf = (value: unknown, digits: number) =>
  (value as bigint).toString(16).padStart(digits, '0')

const readSummary = (row: Row): TraceSummary => {
  const root = row['root'] as { service: string; name: string }
  const parts = row['services'] as { name: string; spans: bigint; errors: bigint }[]
  const services = parts.map(({ name, spans, errors }) => ({
    name,
    spans: Number(spans),
    errors: Number(errors),
  }))
  const sum = (of: 'spans' | 'errors') => services.reduce((all, it) => all + it[of], 0)
  return {
    traceId: hexOf(row['trace_id'], 32),
    rootService: root.service,
    rootName: root.name,
    start: momentOf(row['first_ns']),
    duration: millis((row['last_ns'] as bigint) - (row['first_ns'] as bigint)),
    spans: sum('spans'),
    errors: sum('errors'),
    open: Number(row['open']),
    services,
  }
}

// When a trace began. A span that does not say when it did is no beginning.
const first = 'coalesce(min(start_ns) FILTER (start_ns > 0), 0)'

/** Builds the search. */
export const createSearch = ({ ask }: Reader, slices: Slices) => {
  // Spans of a trace may lie outside the window, or in the slice beside it.
  const summaries = async (ids: bigint[], { from, to }: Window): Promise<TraceSummary[]> => {
    const bound: Bound = {}
    const list = ids.map((id, at) => ((bound[`id${at}`] = id), `$id${at}`)).join(', ')
    const rows = await ask(
      `WITH s AS (SELECT * FROM ${slices.within(from - sliceMs, to + sliceMs)} WHERE trace_id IN (${list}) ${onlyBest}),
       roots AS (SELECT trace_id, arg_min({service: ${listed('service')}, name: ${listed('name')}}, (CASE WHEN parent_id = 0 THEN 0 ELSE 1 END, start_ns)) AS root,
           ${first} AS first_ns, greatest(${first}, max(${end})) AS last_ns,
           count(*) FILTER (state = ${states.open}) AS open FROM s GROUP BY trace_id),
       parts AS (SELECT trace_id, service, count(*) AS spans, count(*) FILTER (status = 2) AS errors, min(start_ns) AS since
           FROM s GROUP BY trace_id, service)
       SELECT trace_id, any_value(root) AS root, any_value(first_ns) AS first_ns, any_value(last_ns) AS last_ns, any_value(open) AS open,
           list({name: ${listed('service')}, spans: spans, errors: errors} ORDER BY since, service) AS services
       FROM parts JOIN roots USING (trace_id) GROUP BY trace_id ORDER BY first_ns DESC, trace_id`,
      bound,
    )
    return rows.map(readSummary)
  }
  return async (asked: TraceSearch) => {
    const { bound, where } = conditionsOf(asked)
    const found = await ask(
      `SELECT trace_id, max(start_ns) AS latest FROM ${slices.within(asked.from, asked.to)}
       WHERE ${where} GROUP BY trace_id ORDER BY latest DESC, trace_id LIMIT $limit`,
      { ...bound, limit: asked.limit + 1 },
    )
    const ids = found.slice(0, asked.limit).map((row) => row['trace_id'] as bigint)
    return {
      traces: ids.length ? await summaries(ids, asked) : [],
      truncated: found.length > asked.limit,
    }
  }
}
