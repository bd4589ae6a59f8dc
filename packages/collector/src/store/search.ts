// search.ts: which traces match, and a summary of each.

import type { DuckDBValue } from '@duckdb/node-api'
import { textsFor } from '../attribute-text.ts'
import type { Bound, Reader } from './reader.ts'
import { sliceMs, type Slices } from './slices.ts'
import type { TraceSearch, TraceSummary, Window } from './store.ts'
import { createSummaries } from './summaries.ts'
import { bindWindow, inWindow, length, nanosLong } from './time-window.ts'

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

/** Builds the search. */
export const createSearch = (reader: Reader, slices: Slices) => {
  const summarize = createSummaries(reader)
  // Spans of a trace may lie outside the window, or in the slice beside it.
  const summaries = async (ids: bigint[], { from, to }: Window): Promise<TraceSummary[]> => {
    const found = await summarize(ids, slices.within(from - sliceMs, to + sliceMs))
    return found.map(({ clocks: _, ...summary }) => summary)
  }
  return async (asked: TraceSearch) => {
    const { bound, where } = conditionsOf(asked)
    const found = await reader.ask(
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
