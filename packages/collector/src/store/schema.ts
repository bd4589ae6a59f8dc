// schema.ts: the table of spans, and how rows become columns of it.

import {
  BIGINT,
  DuckDBDataChunk,
  MAP,
  mapValue,
  UBIGINT,
  UHUGEINT,
  UINTEGER,
  UTINYINT,
  VARCHAR,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api'
import { isOpen, type SpanRow } from '../span-row.ts'

/** Whether a span has ended, is open, or was closed here since nothing more was heard of it. */
export const states = { ended: 0, open: 1, abandoned: 2 } as const

interface Column {
  name: string
  sql: string
  type: DuckDBType
  of: (row: SpanRow) => DuckDBValue
}

const column = (
  name: string,
  sql: string,
  type: DuckDBType,
  of: (row: SpanRow) => DuckDBValue,
): Column => ({ name, sql, type, of })

const entriesOf = (attributes: readonly string[]) => {
  const entries: { key: string; value: string }[] = []
  for (let at = 0; at < attributes.length; at += 2)
    entries.push({ key: attributes[at]!, value: attributes[at + 1]! })
  return entries
}

const columns: Column[] = [
  column('trace_id', 'UHUGEINT', UHUGEINT, (row) => BigInt('0x' + row.traceId)),
  column('span_id', 'UBIGINT', UBIGINT, (row) => BigInt('0x' + row.spanId)),
  column('parent_id', 'UBIGINT', UBIGINT, (row) =>
    row.parentId ? BigInt('0x' + row.parentId) : 0n,
  ),
  column('start_ns', 'BIGINT', BIGINT, (row) => row.startNs),
  column('end_ns', 'BIGINT', BIGINT, (row) => row.endNs),
  column('service', 'VARCHAR', VARCHAR, (row) => row.service),
  column('name', 'VARCHAR', VARCHAR, (row) => row.name),
  column('kind', 'UTINYINT', UTINYINT, (row) => row.kind),
  column('status', 'UTINYINT', UTINYINT, (row) => row.status),
  column('message', 'VARCHAR', VARCHAR, (row) => row.message),
  column('flags', 'UINTEGER', UINTEGER, (row) => row.flags),
  column('trace_state', 'VARCHAR', VARCHAR, (row) => row.traceState),
  column('attributes', 'MAP(VARCHAR, VARCHAR)', MAP(VARCHAR, VARCHAR), (row) =>
    mapValue(entriesOf(row.attributes)),
  ),
  column('more', 'VARCHAR', VARCHAR, (row) => row.more),
  column('resource', 'VARCHAR', VARCHAR, (row) => row.resource),
  column('scope', 'VARCHAR', VARCHAR, (row) => row.scope),
  // When it was written: of copies in two slices, which only a moved start makes, the last one counts.
  column('stored_ms', 'BIGINT', BIGINT, () => BigInt(Date.now())),
  column('state', 'UTINYINT', UTINYINT, (row) => (isOpen(row) ? states.open : states.ended)),
  column('lag_ns', 'BIGINT', BIGINT, (row) => row.lagNs ?? null),
]

/** Counts up when the columns change; a store of a later version is refused. */
export const schemaVersion = 3

/** What an earlier version lacks, for a slice that it has made. */
export const upgradeSql = (slice: string): string =>
  `ALTER TABLE ${slice}.spans ADD COLUMN IF NOT EXISTS state UTINYINT DEFAULT ${states.ended};
   ALTER TABLE ${slice}.spans ADD COLUMN IF NOT EXISTS lag_ns BIGINT`

// Of copies of a span: its end, the last one; without an end, what has seen most of its life.
const rank = [
  `state > ${states.ended}`,
  `CASE WHEN state > ${states.ended} THEN end_ns END DESC`,
  'state DESC',
  'stored_ms DESC',
]

/** Leaves one of the copies of a span that several slices hold. */
export const onlyBest = `QUALIFY row_number() OVER (PARTITION BY trace_id, span_id ORDER BY ${rank.join(', ')}) = 1`

/** The most characters of a name in an answer that lists many of them: senders make names of any length. */
const longestName = 1000

/** SQL: a name as lists give it. */
export const listed = (column: string): string => `left(${column}, ${longestName})`

/** SQL: that an open row of alias `n` says less than the row of the same span of alias `s`. */
export const isStale = `n.state = ${states.open} AND (s.state = ${states.ended} OR s.end_ns > n.end_ns
  OR (s.state = ${states.abandoned} AND s.end_ns = n.end_ns))`

const sqlOf = (some: readonly Column[]) => some.map(({ name, sql }) => `${name} ${sql}`).join(', ')

/** Columns in SQL, for `CREATE TABLE`. */
export const columnsSql = sqlOf(columns)

/** Rows of one chunk: DuckDB's vector size. */
export const chunkSize = 2048

// One chunk that all appends reuse: a fresh one each time costs native memory.
const createFilled = (columns: readonly Column[]) => {
  const chunk = DuckDBDataChunk.create(
    columns.map(({ type }) => type),
    chunkSize,
  )
  /** Fills the chunk with at most `chunkSize` rows. */
  const fill = (rows: readonly SpanRow[]): void => {
    chunk.reset()
    chunk.rowCount = rows.length
    columns.forEach(({ of }, at) => chunk.setColumnValues(at, rows.map(of)))
  }
  return { chunk, fill }
}

/** A chunk of whole rows. */
export const createChunk = () => createFilled(columns)

const keys = ['trace_id', 'span_id', 'end_ns', 'state']
const keyColumns = columns.filter(({ name }) => keys.includes(name))

/** Columns of what tells a span from others, and its copies from one another, for `CREATE TABLE`. */
export const keysSql = sqlOf(keyColumns)

/** A chunk of them. */
export const createKeyChunk = () => createFilled(keyColumns)
