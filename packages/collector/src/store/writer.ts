// writer.ts: writes spans into their slices, each replacing the copy of itself that says less.

import type { DuckDBConnection } from '@duckdb/node-api'
import { isOpen, type SpanRow } from '../span-row.ts'
import { chunkSize, createChunk, createKeyChunk, isStale, keysSql } from './schema.ts'
import type { Slices } from './slices.ts'
import { transaction } from './transaction.ts'

const keyOf = ({ traceId, spanId }: SpanRow) => traceId + spanId

const hex = (value: unknown, digits: number) => (value as bigint).toString(16).padStart(digits, '0')

// Whether `next` replaces `known`, which came before: the end an open copy, and a later copy the other.
const replaces = (next: SpanRow, known: SpanRow | undefined) =>
  !known || !isOpen(next) || (isOpen(known) && next.endNs >= known.endNs)

/** Builds what writes rows, and resolves when they are durable. */
export const createWriter = (connection: DuckDBConnection, slices: Slices) => {
  const spans = createChunk()
  const keys = createKeyChunk()

  const append = async (
    rows: readonly SpanRow[],
    { chunk, fill }: typeof spans,
    table: string,
    catalog: string,
  ) => {
    const appender = await connection.createAppender(table, 'main', catalog)
    for (let at = 0; at < rows.length; at += chunkSize) {
      fill(rows.slice(at, at + chunkSize))
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
  }
  const appendKeys = async (rows: readonly SpanRow[]) => {
    // made anew, since what is deleted from a table in memory stays there
    await connection.run(`CREATE OR REPLACE TEMP TABLE incoming (${keysSql})`)
    await append(rows, keys, 'incoming', 'temp')
  }
  // Rows of spans that have ended in the slice, or were seen there at a later time, are left out.
  const withoutStale = async (slice: string, rows: readonly SpanRow[]) => {
    const open = rows.filter(isOpen)
    if (!open.length) return rows
    await appendKeys(open)
    const found = await connection.runAndReadAll(
      `SELECT n.trace_id, n.span_id FROM ${slice}.spans s JOIN temp.incoming n
       ON s.trace_id = n.trace_id AND s.span_id = n.span_id WHERE ${isStale}`,
    )
    const stale = new Set(found.getRows().map(([trace, span]) => hex(trace, 32) + hex(span, 16)))
    return rows.filter((row) => !stale.has(keyOf(row)))
  }
  const replace = async (slice: string, all: readonly SpanRow[]) => {
    const rows = await withoutStale(slice, all)
    if (!rows.length) return
    await appendKeys(rows)
    await transaction(connection, async () => {
      // The rows of a group are few, the slice is long: it is probed, not sorted.
      await connection.run(
        `DELETE FROM ${slice}.spans USING temp.incoming n
         WHERE spans.trace_id = n.trace_id AND spans.span_id = n.span_id`,
      )
      await append(rows, spans, 'spans', slice)
    })
  }
  return async (rows: readonly SpanRow[]): Promise<void> => {
    const groups = new Map<string, Map<string, SpanRow>>()
    for (const row of rows) {
      const slice = slices.nameFor(Number(row.startNs / 1_000_000n))
      const group = groups.get(slice) ?? new Map<string, SpanRow>()
      groups.set(slice, group)
      if (replaces(row, group.get(keyOf(row)))) group.set(keyOf(row), row)
    }
    for (const [slice, group] of groups) {
      await slices.ensure(slice)
      await replace(slice, [...group.values()])
    }
  }
}
