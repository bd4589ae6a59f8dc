// reader.ts: asks DuckDB questions, a few at a time and each for a bounded time.

import {
  BIGINT,
  UHUGEINT,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api'
import { refuse } from '../refusal.ts'

/** Values by their names in the SQL. A bigint whose name begins with `id` is a trace id. */
export type Bound = Record<string, DuckDBValue>
export type Row = Record<string, unknown>

/** Questions to the store. */
export interface Reader {
  /** @throws a refusal with status 503 where too many wait, or the answer takes too long. */
  ask: (sql: string, bound?: Bound) => Promise<Row[]>
  /** Resolves when the questions that were asked before have been answered. */
  idle: () => Promise<void>
}

/** How long a question may take, in ms. */
const patience = 30_000

/** Questions that may wait for their turn. */
const mostWaiting = 100

// A bigint is bound as a signed one unless told: the upper half of all trace ids would not fit.
const typesOf = (bound: Bound): Record<string, DuckDBType> =>
  Object.fromEntries(
    Object.entries(bound).flatMap(([name, value]) =>
      typeof value == 'bigint' ? [[name, name.startsWith('id') ? UHUGEINT : BIGINT]] : [],
    ),
  )

/**
 * Builds a reader on connections of its own; each answers one question at a time. They are few, for each
 * takes one of the four threads that the process has for files too.
 */
export const createReader = (connections: DuckDBConnection[]): Reader => {
  const free = [...connections]
  const waiting: ((connection: DuckDBConnection) => void)[] = []
  const running = new Set<Promise<unknown>>()

  const turn = (): DuckDBConnection | Promise<DuckDBConnection> => {
    const connection = free.pop()
    if (connection) return connection
    if (waiting.length >= mostWaiting)
      throw refuse(503, 'query', 'cannot be answered now: too many wait', mostWaiting)
    return new Promise((go) => waiting.push(go))
  }
  const run = async (connection: DuckDBConnection, sql: string, bound: Bound) => {
    let late = false
    const limit = setTimeout(() => {
      late = true
      connection.interrupt()
    }, patience)
    try {
      const reader = await connection.runAndReadAll(sql, bound, typesOf(bound))
      return reader.getRowObjectsJS() as Row[]
    } catch (error) {
      if (late) throw refuse(503, 'query', `took longer than ${patience / 1e3} s`, patience)
      throw error
    } finally {
      clearTimeout(limit)
      const next = waiting.shift()
      if (next) next(connection)
      else free.push(connection)
    }
  }
  const ask = async (sql: string, bound: Bound = {}) => run(await turn(), sql, bound)
  return {
    ask: (sql, bound) => {
      const answer = ask(sql, bound)
      const ended = answer.then(
        () => {},
        () => {},
      )
      running.add(ended)
      void ended.then(() => running.delete(ended))
      return answer
    },
    idle: async () => void (await Promise.all(running)),
  }
}
