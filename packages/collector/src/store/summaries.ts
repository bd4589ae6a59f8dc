// summaries.ts: a trace in short: what began it, when, how long it took by one clock, and who took part.

import { findShifts, type Crossing } from './clocks.ts'
import type { Bound, Reader, Row } from './reader.ts'
import { listed, onlyBest, states } from './schema.ts'
import type { ServiceClock, TraceSummary } from './store.ts'
import { end, millis, momentOf } from './time-window.ts'

/** A trace in short, and what is known of its services' clocks. */
export interface Summary extends TraceSummary {
  clocks: ServiceClock[]
}

interface Part {
  name: string
  spans: bigint
  errors: bigint
  /** null: no span says when it began. */
  first: bigint | null
  last: bigint
  /** The least lag of its batches (span-row.ts), in ns. */
  lag: bigint | null
  /** ms, as its senders measured them. */
  offset: number | null
  uncertainty: number | null
}

/** Clocks that differ by less are as good as one, in ns. */
const tolerance = 100_000_000n

const hexOf = (value: unknown, digits: number) =>
  (value as bigint).toString(16).padStart(digits, '0')

const wholeNanos = (ms: number) => BigInt(Math.round(ms * 1e6))

// What surely has to be added to a service's times for the collector's clock: the lag holds the time that the
// batch took too, so it tells only of a clock that is ahead.
const offsetOf = ({ lag, offset, uncertainty }: Part): bigint => {
  if (offset !== null && uncertainty !== null)
    return Math.abs(offset) > Math.max(uncertainty, Number(tolerance) / 1e6)
      ? wholeNanos(offset)
      : 0n
  return lag !== null && lag < -tolerance ? lag : 0n
}

const clockOf = ({ name, lag, offset, uncertainty }: Part, shift: bigint): ServiceClock => ({
  service: name,
  ...(shift && { shift: millis(shift) }),
  ...(offset !== null && uncertainty !== null && { offset, uncertainty }),
  ...(lag !== null && { atMost: millis(lag) }),
})

const read = (row: Row): Summary => {
  const root = row['root'] as { service: string; name: string }
  const parts = row['parts'] as Part[]
  const crossings = (row['crossings'] ?? []) as Crossing[]
  const offsets = new Map(parts.map((it) => [it.name, offsetOf(it)]))
  const shifts = findShifts(root.service, offsets, crossings)
  const shiftOf = ({ name }: Part) => shifts.get(name) ?? 0n
  let first: bigint | undefined
  for (const it of parts) {
    if (it.first === null) continue
    const at = it.first + shiftOf(it)
    if (first === undefined || at < first) first = at
  }
  const start = first ?? 0n
  let last = start
  for (const it of parts) if (it.last + shiftOf(it) > last) last = it.last + shiftOf(it)
  const sum = (of: 'spans' | 'errors') => parts.reduce((all, it) => all + Number(it[of]), 0)
  return {
    traceId: hexOf(row['trace_id'], 32),
    rootService: root.service,
    rootName: root.name,
    start: momentOf(start),
    duration: millis(last - start),
    spans: sum('spans'),
    errors: sum('errors'),
    open: Number(row['open']),
    services: parts.map(({ name, spans, errors }) => ({
      name,
      spans: Number(spans),
      errors: Number(errors),
    })),
    clocks: parts.map((it) => clockOf(it, shiftOf(it))).filter((it) => Object.keys(it).length > 1),
  }
}

/** No clock is off by more, in ms: some thirty years. Whatever a sender says beyond that is no measurement. */
const mostOff = 1e12

// What a page measured of its clock stands in its resource, which is JSON of pairs (attribute-text.ts). Anybody can say
// anything there: to DuckDB what is no number is larger than all.
const measured = (name: string) =>
  `CASE WHEN contains(resource, '"lightspan.clock.${name}"') THEN list_filter(
     [try_cast(regexp_extract(resource, '"lightspan\\.clock\\.${name}","[id]([^"]{1,30})"', 1) AS DOUBLE)],
     lambda it: abs(it) <= ${mostOff})[1] END`

// A request, and what it asked for. How long its client waited is not known before it has ended.
const isCall = `p.kind = 3 AND c.kind = 2 AND p.state = ${states.ended}`

// A page's load is the child of what answered it, and contains it.
const least = `CASE WHEN c.kind <= 1 THEN least(p.start_ns - c.start_ns, p.end_ns - c.end_ns)
  ELSE p.start_ns - c.start_ns END`

const sqlOf = (spans: string, ids: string) =>
  `WITH s AS MATERIALIZED (SELECT trace_id, span_id, parent_id, ${listed('service')} AS service, ${listed('name')} AS name,
       kind, status, state, start_ns, ${end} AS end_ns, lag_ns,
       ${measured('offset')} AS offset_ms, ${measured('uncertainty')} AS uncertainty_ms
     FROM ${spans} WHERE trace_id IN (${ids}) ${onlyBest}),
   roots AS (SELECT trace_id, arg_min({service: service, name: name}, (CASE WHEN parent_id = 0 THEN 0 ELSE 1 END, start_ns)) AS root,
       count(*) FILTER (state = ${states.open}) AS open FROM s GROUP BY trace_id),
   each_part AS (SELECT trace_id, service, count(*) AS spans, count(*) FILTER (status = 2) AS errors,
       min(start_ns) AS since, min(start_ns) FILTER (start_ns > 0) AS first, max(end_ns) AS last, min(lag_ns) AS lag,
       arg_min(offset_ms, uncertainty_ms) AS offset_ms, min(uncertainty_ms) AS uncertainty_ms
     FROM s GROUP BY trace_id, service),
   parts AS (SELECT trace_id, list({name: service, spans: spans, errors: errors, first: first, last: last, lag: lag,
       "offset": offset_ms, uncertainty: uncertainty_ms} ORDER BY since, service) AS parts FROM each_part GROUP BY trace_id),
   each_crossing AS (SELECT c.trace_id, p.service AS parent, c.service AS child, max(${least}) AS least,
       min(p.end_ns - c.start_ns) FILTER (${isCall}) AS most,
       min(greatest(p.start_ns - c.start_ns, p.end_ns - c.end_ns)) FILTER (${isCall}) AS fit
     FROM s c JOIN s p ON p.trace_id = c.trace_id AND p.span_id = c.parent_id
     WHERE p.service != c.service AND p.start_ns > 0 AND c.start_ns > 0 GROUP BY ALL),
   crossings AS (SELECT trace_id, list({parent: parent, child: child, least: least, most: most, fit: fit}
       ORDER BY parent, child) AS crossings FROM each_crossing GROUP BY trace_id)
   SELECT trace_id, root, open, parts, crossings
   FROM roots JOIN parts USING (trace_id) LEFT JOIN crossings USING (trace_id)`

/** Builds what sums up traces by their ids, of the spans in a table expression: those that began last first. */
export const createSummaries =
  ({ ask }: Reader) =>
  async (ids: readonly bigint[], spans: string): Promise<Summary[]> => {
    const bound: Bound = {}
    const list = ids.map((id, at) => ((bound[`id${at}`] = id), `$id${at}`)).join(', ')
    const found = (await ask(sqlOf(spans, list), bound)).map(read)
    return found.sort((a, b) => b.start - a.start || (a.traceId < b.traceId ? -1 : 1))
  }
