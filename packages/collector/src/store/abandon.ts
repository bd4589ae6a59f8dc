// abandon.ts: closes spans that were open when they were last heard of, and never will be again.

import type { DuckDBConnection } from '@duckdb/node-api'
import { states } from './schema.ts'
import type { Slices } from './slices.ts'
import { transaction } from './transaction.ts'

/** Spans that are closed in one go; the others wait for the next. */
const mostAtOnce = 1000

// Pairs of a resource are found as text, as in search.ts.
const tabPattern = String.raw`\["lightspan\.tab\.id","s[^"]*"\]`

// Open spans of which nothing came since `$before`: longest ago first.
const dueSql = (slice: string) =>
  `INSERT INTO temp.due SELECT '${slice}', trace_id, span_id, start_ns, end_ns, stored_ms,
     coalesce(attributes['session.id'], ''), regexp_extract(resource, '${tabPattern}')
   FROM ${slice}.spans WHERE state = ${states.open} AND stored_ms < $before
   ORDER BY stored_ms LIMIT ${mostAtOnce}`

/**
 * What shows that the page of a due span was still there: a later span of its trace; or one of its
 * session and tab, up to that tab's next page.
 */
const signsSql = (slices: readonly string[]) => {
  const later = slices
    .map(
      (slice) =>
        `SELECT trace_id, name, parent_id, start_ns, end_ns, stored_ms, resource,
           attributes['session.id'] AS session FROM ${slice}.spans
         WHERE stored_ms >= (SELECT min(stored_ms) FROM temp.due)`,
    )
    .join(' UNION ALL ')
  const columns = 'd.trace_id, d.span_id, l.end_ns, l.stored_ms'
  return `WITH later AS MATERIALIZED (${later}),
    visit AS (SELECT ${columns}, l.start_ns,
        min(l.start_ns) FILTER (l.name = 'page load' AND l.start_ns > d.start_ns)
          OVER (PARTITION BY d.trace_id, d.span_id) AS gone
      FROM temp.due d JOIN later l ON l.session = d.session AND contains(l.resource, d.tab)
      WHERE d.session != ''),
    signs AS (
      SELECT ${columns} FROM temp.due d JOIN later l ON l.trace_id = d.trace_id
      UNION ALL
      SELECT trace_id, span_id, end_ns, stored_ms FROM visit WHERE start_ns < coalesce(gone, end_ns + 1))
    SELECT d.slice, d.trace_id, d.span_id, greatest(d.end_ns, max(s.end_ns)) AS life
    FROM temp.due d LEFT JOIN signs s ON s.trace_id = d.trace_id AND s.span_id = d.span_id
      AND s.end_ns > d.end_ns
    GROUP BY d.slice, d.trace_id, d.span_id, d.end_ns
    HAVING coalesce(max(s.stored_ms) < $before, true)`
}

const closeSql = (slice: string) =>
  `UPDATE ${slice}.spans SET state = ${states.abandoned}, end_ns = c.life,
     attributes = map_concat(
       map_from_entries(list_filter(map_entries(attributes), lambda it: it.key != 'lightspan.open')),
       MAP {'lightspan.ended_by': 'sabandoned'})
   FROM temp.closing c WHERE c.slice = '${slice}' AND spans.trace_id = c.trace_id
     AND spans.span_id = c.span_id AND state = ${states.open}`

/**
 * Builds what closes the open spans of which, and of whose pages, nothing came since `before` (ms since
 * the Unix epoch), at their last sign of life. It resolves with how many.
 */
export const createAbandon =
  (connection: DuckDBConnection, slices: Slices) =>
  async (before: number): Promise<number> => {
    const bound = { before: BigInt(Math.floor(before)) }
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE due (slice VARCHAR, trace_id UHUGEINT, span_id UBIGINT,
        start_ns BIGINT, end_ns BIGINT, stored_ms BIGINT, session VARCHAR, tab VARCHAR)`,
    )
    for (const slice of slices.since(0)) await connection.run(dueSql(slice), bound)
    const first = await connection.runAndReadAll('SELECT min(start_ns) FROM temp.due')
    const [since] = first.getRows()[0] ?? []
    if (typeof since != 'bigint') return 0
    const near = slices.since(Number(since / 1_000_000n))
    await connection.run(`CREATE OR REPLACE TEMP TABLE closing AS ${signsSql(near)}`, bound)
    const counted = await connection.runAndReadAll(
      'SELECT slice, count(*) FROM temp.closing GROUP BY slice',
    )
    let closed = 0
    for (const [slice, count] of counted.getRows()) {
      await slices.ensure(slice as string)
      await transaction(
        connection,
        async () => void (await connection.run(closeSql(slice as string))),
      )
      closed += Number(count)
    }
    return closed
  }
