// batches.ts: which batches came lately, and what their senders had lost, in the store's main file.

import type { DuckDBConnection } from '@duckdb/node-api'
import type { BatchNote } from '../batch-note.ts'
import { transaction } from './transaction.ts'

/** How long a batch is known again, in ms: a page does not try for longer. */
const knownMs = 24 * 3600e3

const totalsOf = (notes: readonly BatchNote[]) => {
  const totals = new Map<string, { service: string; reason: string; spans: number }>()
  for (const { service, drops } of notes)
    for (const [reason, count] of Object.entries(drops)) {
      const key = JSON.stringify([service, reason])
      const total = totals.get(key) ?? { service, reason, spans: 0 }
      totals.set(key, total)
      total.spans += count
    }
  return [...totals.values()]
}

/** Opens the tables of batches and drops in the attached file `about`. */
export const openBatches = async (connection: DuckDBConnection) => {
  await connection.run('CREATE TABLE IF NOT EXISTS about.batches (key BIGINT, at_ms BIGINT)')
  await connection.run(
    'CREATE TABLE IF NOT EXISTS about.drops (at_ms BIGINT, service VARCHAR, reason VARCHAR, spans BIGINT)',
  )
  const writeNotes = async (notes: readonly BatchNote[]) => {
    const batches = await connection.createAppender('batches', 'main', 'about')
    for (const { key, at } of notes) {
      batches.appendBigInt(BigInt(key))
      batches.appendBigInt(BigInt(at))
      batches.endRow()
    }
    batches.closeSync()
    const drops = await connection.createAppender('drops', 'main', 'about')
    for (const { service, reason, spans } of totalsOf(notes)) {
      drops.appendBigInt(BigInt(notes.at(-1)!.at))
      drops.appendVarchar(service)
      drops.appendVarchar(reason)
      drops.appendBigInt(BigInt(spans))
      drops.endRow()
    }
    drops.closeSync()
  }
  return {
    /** Keeps all of them or none. */
    write: async (notes: readonly BatchNote[]): Promise<void> => {
      if (notes.length) await transaction(connection, () => writeNotes(notes))
    },
    /** Keys of the last batches, at most `limit`, oldest first. */
    known: async (limit: number): Promise<number[]> => {
      const found = await connection.runAndReadAll(
        `SELECT key FROM about.batches ORDER BY at_ms DESC LIMIT ${limit}`,
      )
      return found
        .getRows()
        .map(([key]) => Number(key))
        .reverse()
    },
    /** Forgets batches of more than a day ago, and drops from before `oldest` (ms since the Unix epoch). */
    tidy: async (oldest: number): Promise<void> => {
      const remove = (table: string, before: number) =>
        connection.run(`DELETE FROM about.${table} WHERE at_ms < $before`, {
          before: BigInt(Math.floor(before)),
        })
      await remove('batches', Date.now() - knownMs)
      if (Number.isFinite(oldest)) await remove('drops', oldest)
      // where somebody reads it there will be another time
      await connection.run('CHECKPOINT about').catch(() => {})
    },
  }
}
