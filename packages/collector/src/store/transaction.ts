// transaction.ts: all of it or nothing of it. A transaction of DuckDB writes to one file.

import type { DuckDBConnection } from '@duckdb/node-api'

/** Runs `work` in a transaction. @throws what `work` or the commit throws, with nothing of it done. */
export const transaction = async (
  connection: DuckDBConnection,
  work: () => Promise<void>,
): Promise<void> => {
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
