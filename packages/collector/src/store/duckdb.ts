// duckdb.ts: the embedded store. It blocks its thread while it appends, so it lives in a worker.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import type { SpanRow } from '../span-row.ts'
import { createQueries } from './queries.ts'
import { createReader } from './reader.ts'
import { chunkSize, createChunk, createKeyChunk, schemaVersion } from './schema.ts'
import { openSlices, type Slices } from './slices.ts'
import type { Store } from './store.ts'

/** Where the store is and what it may use. */
export interface DuckDBOptions {
  /** Folder of the slices; made if need be. */
  folder: string
  /** DuckDB's `memory_limit`, such as `1GB`. */
  memory: string
  threads: number
  /** How long spans are kept, in ms; Infinity: for ever. */
  retention: number
}

/** Questions that are answered at the same time. */
const readers = 2

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

// One writer: a transaction at a time, whoever wants it.
const createTurns = () => {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn
  }
}

const transaction = async (connection: DuckDBConnection, work: () => Promise<void>) => {
  await connection.run('BEGIN')
  try {
    await work()
    await connection.run('COMMIT')
  } catch (error) {
    // a failed commit has already ended it
    await connection.run('ROLLBACK').catch(() => {})
    throw error
  }
}

const createWriter = (connection: DuckDBConnection, slices: Slices) => {
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
  const replace = async (slice: string, rows: readonly SpanRow[]) => {
    // made anew, since what is deleted from a table in memory stays there
    await connection.run(
      'CREATE OR REPLACE TEMP TABLE incoming (trace_id UHUGEINT, span_id UBIGINT)',
    )
    await append(rows, keys, 'incoming', 'temp')
    await transaction(connection, async () => {
      // The rows of a group are few, the slice is long: it is probed, not sorted.
      await connection.run(
        `DELETE FROM ${slice}.spans USING temp.incoming n
         WHERE spans.trace_id = n.trace_id AND spans.span_id = n.span_id`,
      )
      await append(rows, spans, 'spans', slice)
    })
  }
  return async (rows: readonly SpanRow[]) => {
    // A transaction writes to one file; the last copy of a span wins, within a group too.
    const groups = new Map<string, Map<string, SpanRow>>()
    for (const row of rows) {
      const slice = slices.nameFor(Number(row.startNs / 1_000_000n))
      const group = groups.get(slice) ?? new Map<string, SpanRow>()
      groups.set(slice, group.set(row.traceId + row.spanId, row))
    }
    for (const [slice, group] of groups) {
      await slices.ensure(slice)
      await replace(slice, [...group.values()])
    }
  }
}

// The first file that is opened: its lock is the folder's, and it says what the others are.
const openMain = async (connection: DuckDBConnection, folder: string) => {
  await connection.run(`ATTACH ${quoted(join(folder, 'main.duckdb'))} AS about`)
  await connection.run('CREATE TABLE IF NOT EXISTS about.schema (version INTEGER)')
  await connection.run('CREATE TABLE IF NOT EXISTS about.probe (n INTEGER)')
  const result = await connection.runAndReadAll('SELECT version FROM about.schema')
  const [version] = result.getRows()[0] ?? []
  if (version === undefined)
    await connection.run(`INSERT INTO about.schema VALUES (${schemaVersion})`)
  else if (version !== schemaVersion)
    throw new Error(
      `${folder} is of version ${String(version)}, this collector reads ${schemaVersion}; start with another folder`,
    )
}

const openInstance = async ({ folder, memory, threads }: DuckDBOptions) => {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memory,
    threads: String(threads),
    temp_directory: join(folder, 'tmp'),
    // fuller row groups: fewer, larger checkpoints
    checkpoint_threshold: '256MB',
    // nothing is fetched, and no file outside is touched, whatever a query says
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  await connection.run(`SET allowed_directories = [${quoted(folder + '/')}]`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
  return { instance, connection }
}

/** Opens the store. @throws where the folder cannot be used, or somebody else uses it. */
export const openDuckDB = async (options: DuckDBOptions): Promise<Store> => {
  const { folder, retention } = options
  mkdirSync(folder, { recursive: true })
  const { instance, connection } = await openInstance(options)
  await openMain(connection, folder)
  const slices = await openSlices(connection, folder, () => Date.now() - retention)
  const reading = await Promise.all(Array.from({ length: readers }, () => instance.connect()))
  const reader = createReader(reading)
  const inTurn = createTurns()
  const write = createWriter(connection, slices)
  return {
    ...createQueries(reader, slices),
    write: (rows) => inTurn(() => write(rows)),
    probe: () =>
      inTurn(() =>
        transaction(connection, async () => {
          await connection.run('DELETE FROM about.probe')
          await connection.run('INSERT INTO about.probe VALUES (1)')
        }),
      ),
    tidy: (oldest) =>
      inTurn(async () => {
        await slices.expire(oldest, reader.idle)
        await slices.settle(false)
      }),
    close: () =>
      inTurn(async () => {
        await slices.settle(true)
        for (const it of [...reading, connection]) it.closeSync()
        instance.closeSync()
      }),
  }
}
