// slices.ts: one DuckDB file per slice of time, so that what is old can go by unlinking a file.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { columnsSql } from './schema.ts'

/** Length of a slice, in ms. */
export const sliceMs = 6 * 3600e3

/** Spans of times that no sane clock says go to one slice of their own, so that files stay few. */
const oddName = 'odd'
const mostPastMs = 400 * 86400e3
const mostFutureMs = 2 * 86400e3

/** The slices of a folder, attached to one DuckDB. */
export interface Slices {
  /** Name of the slice that a span starting at `ms` belongs to. */
  nameFor: (ms: number) => string
  /** Makes the slice if need be. */
  ensure: (name: string) => Promise<void>
  /** SQL of all spans that may start within the window, as a table expression. */
  within: (fromMs: number, toMs: number) => string
  /** Names of the slices, newest first. */
  all: () => string[]
}

const quoted = (path: string) => `'${path.replaceAll("'", "''")}'`

/** Opens every slice in `folder`. */
export const openSlices = async (connection: DuckDBConnection, folder: string): Promise<Slices> => {
  const starts = new Map<string, number>()
  const attach = async (name: string) => {
    const path = join(folder, `${name}.duckdb`)
    await connection.run(`ATTACH ${quoted(path)} AS ${name} (STORAGE_VERSION 'latest')`)
    await connection.run(`CREATE TABLE IF NOT EXISTS ${name}.spans (${columnsSql})`)
    starts.set(name, name == oddName ? NaN : Number(name.slice(1)) * 1e3)
  }
  // opening it first also locks the folder against a second collector
  await attach(oddName)
  for (const file of readdirSync(folder).sort()) {
    const [, name] = /^(s\d+)\.duckdb$/.exec(file) ?? []
    if (name) await attach(name)
  }
  const newestFirst = () =>
    [...starts.keys()].sort((a, b) => (starts.get(b) || 0) - (starts.get(a) || 0))
  return {
    nameFor: (ms) => {
      const now = Date.now()
      if (ms < now - mostPastMs || ms > now + mostFutureMs) return oddName
      return `s${(Math.floor(ms / sliceMs) * sliceMs) / 1e3}`
    },
    ensure: async (name) => {
      if (!starts.has(name)) await attach(name)
    },
    all: newestFirst,
    within: (fromMs, toMs) =>
      '(' +
      newestFirst()
        .filter((name) => {
          const start = starts.get(name)!
          return Number.isNaN(start) || (start <= toMs && start + sliceMs > fromMs)
        })
        .map((name) => `FROM ${name}.spans`)
        .join(' UNION ALL ') +
      ')',
  }
}
