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
import type { SpanRow } from '../span-row.ts'

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
]

/** Counts up when the columns change; a store of another version is refused. */
export const schemaVersion = 1

/** Columns in SQL, for `CREATE TABLE`. */
export const columnsSql = columns.map(({ name, sql }) => `${name} ${sql}`).join(', ')

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

/** A chunk of what tells a span from others: `trace_id` and `span_id`. */
export const createKeyChunk = () => createFilled(columns.slice(0, 2))
