// duckdb.ts: the embedded store. It blocks its thread while it appends, so it lives in a worker.

import { mkdirSync } from 'node:fs'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import type { SpanRow } from '../span-row.ts'
import { chunkSize, columnsSql, createChunk, fillChunk } from './schema.ts'
import { createQueries } from './queries.ts'
import { openSlices, type Slices } from './slices.ts'
import type { Store } from './store.ts'

/** Where the store is and what it may use. */
export interface DuckDBOptions {
  /** Folder of the slices; made if need be. */
  folder: string
  /** DuckDB's `memory_limit`, such as `1GB`. */
  memory: string
  threads: number
}

const createWriter = (connection: DuckDBConnection, slices: Slices) => {
  const chunk = createChunk()

  const stage = async (rows: readonly SpanRow[]) => {
    await connection.run('DELETE FROM temp.incoming')
    const appender = await connection.createAppender('incoming', 'main', 'temp')
    for (let at = 0; at < rows.length; at += chunkSize) {
      fillChunk(chunk, rows.slice(at, at + chunkSize))
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
  }
  const replace = async (slice: string) => {
    await connection.run('BEGIN')
    try {
      // The rows of a group are few, the slice is long: it is probed, not sorted.
      await connection.run(
        `DELETE FROM ${slice}.spans USING temp.incoming n
         WHERE spans.trace_id = n.trace_id AND spans.span_id = n.span_id`,
      )
      await connection.run(`INSERT INTO ${slice}.spans FROM temp.incoming`)
      await connection.run('COMMIT')
    } catch (error) {
      await connection.run('ROLLBACK')
      throw error
    }
  }
  return async (rows: readonly SpanRow[]) => {
    // A transaction writes to one file; the last copy of a span wins, within a group too.
    const groups = new Map<string, Map<string, SpanRow>>()
    for (const row of rows) {
      const slice = slices.nameFor(Number(row.startNs / 1_000_000n))
      const group = groups.get(slice) ?? new Map<string, SpanRow>()
      groups.set(slice, group.set(`${row.traceId}/${row.spanId}`, row))
    }
    for (const [slice, group] of groups) {
      await slices.ensure(slice)
      await stage([...group.values()])
      await replace(slice)
    }
  }
}

/** Opens the store. */
export const openDuckDB = async ({ folder, memory, threads }: DuckDBOptions): Promise<Store> => {
  mkdirSync(folder, { recursive: true })
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memory,
    threads: String(threads),
    // fuller row groups: fewer, larger checkpoints
    checkpoint_threshold: '256MB',
  })
  const [writing, reading] = await Promise.all([instance.connect(), instance.connect()])
  const slices = await openSlices(writing, folder)
  await writing.run(`CREATE TEMP TABLE incoming (${columnsSql})`)
  return {
    write: createWriter(writing, slices),
    ...createQueries(reading, slices),
    close: async () => {
      for (const slice of slices.all()) await writing.run(`CHECKPOINT ${slice}`)
      reading.closeSync()
      writing.closeSync()
      instance.closeSync()
    },
  }
}
