// duckdb.ts: the embedded store. It blocks its thread while it appends, so it lives in a worker.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { createAbandon } from './abandon.ts'
import { openBatches } from './batches.ts'
import { createQueries } from './queries.ts'
import { createReader } from './reader.ts'
import { schemaVersion } from './schema.ts'
import { openSlices } from './slices.ts'
import type { Store } from './store.ts'
import { transaction } from './transaction.ts'
import { createWriter } from './writer.ts'

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

// The first file that is opened: its lock is the folder's, and it says what the others are.
const openMain = async (connection: DuckDBConnection, folder: string) => {
  await connection.run(`ATTACH ${quoted(join(folder, 'main.duckdb'))} AS about`)
  await connection.run('CREATE TABLE IF NOT EXISTS about.schema (version INTEGER)')
  await connection.run('CREATE TABLE IF NOT EXISTS about.probe (n INTEGER)')
  const result = await connection.runAndReadAll('SELECT version FROM about.schema')
  const [version] = result.getRows()[0] ?? []
  if (version === undefined)
    await connection.run(`INSERT INTO about.schema VALUES (${schemaVersion})`)
  // first of all: should this end here, the next start goes on with the slices
  else if ((version as number) < schemaVersion)
    await connection.run(`UPDATE about.schema SET version = ${schemaVersion}`)
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
  const batches = await openBatches(connection)
  const slices = await openSlices(connection, folder, () => Date.now() - retention)
  const reading = await Promise.all(Array.from({ length: readers }, () => instance.connect()))
  const reader = createReader(reading)
  const inTurn = createTurns()
  const write = createWriter(connection, slices)
  const abandon = createAbandon(connection, slices)
  return {
    ...createQueries(reader, slices),
    // the spans first: a batch that is known is there
    write: (rows, notes = []) =>
      inTurn(async () => {
        await write(rows)
        await batches.write(notes)
      }),
    batches: (limit) => inTurn(() => batches.known(limit)),
    abandon: (before) => inTurn(() => abandon(before)),
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
        await batches.tidy(oldest)
      }),
    close: () =>
      inTurn(async () => {
        await slices.settle(true)
        for (const it of [...reading, connection]) it.closeSync()
        instance.closeSync()
      }),
  }
}
