// slices.ts: one DuckDB file per slice of time, so that what is old can go by unlinking a file.

import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { columnsSql, upgradeSql } from './schema.ts'

/** Length of a slice, in ms. */
export const sliceMs = 6 * 3600e3

/** Clocks of senders may be ahead of ours by that much, in ms. */
const aheadMs = 24 * 3600e3

/** Times further back have no slice of their own, even where all is kept for ever. */
const furthestBackMs = 400 * 24 * 3600e3

/** A slice that nothing was written to for so long, in ms, is settled into its file. */
const restMs = 10 * 60e3

/** The slices of a folder, attached to one DuckDB. */
export interface Slices {
  /**
   * Name of the slice for a span that starts at `ms`: `s` and the slice's start, in s. Times older than
   * is kept, or in the future, go to one by the time of arrival instead, `o` and its start: they are kept
   * as long as others, and no clock can make more files than the hours have.
   */
  nameFor: (ms: number) => string
  /** Makes the slice if need be, and knows it as written to. */
  ensure: (name: string) => Promise<void>
  /** Names of those whose spans may start at `ms` or later, those with odd times among them. */
  since: (ms: number) => string[]
  /** SQL of all spans that may start within the window, as a table expression. */
  within: (fromMs: number, toMs: number) => string
  /** SQL of all spans. */
  everything: () => string
  /** Removes slices that ended before `oldest`, once what reads them is done. */
  expire: (oldest: number, readsDone: () => Promise<void>) => Promise<void>
  /** Writes what is in write-ahead logs into the files: of slices at rest, or of all. */
  settle: (all: boolean) => Promise<void>
}

interface Slice {
  /** ms since the epoch */
  start: number
  /** Whether its spans may start at any time. */
  odd: boolean
  /** When it was last written to; undefined: settled. */
  written?: number | undefined
}

const quoted = (path: string) => `'${path.replaceAll("'", "''")}'`
const startOf = (ms: number) => Math.floor(ms / sliceMs) * sliceMs

const union = (names: string[]) =>
  names.length
    ? `(${names.map((name) => `FROM ${name}.spans`).join(' UNION ALL ')})`
    : '(FROM empty)'

/** Opens every slice in `folder`. `oldest` says what is kept, in ms since the epoch. */
export const openSlices = async (
  connection: DuckDBConnection,
  folder: string,
  oldest: () => number,
): Promise<Slices> => {
  const slices = new Map<string, Slice>()
  const pathOf = (name: string) => join(folder, `${name}.duckdb`)
  const attach = async (name: string, written?: number) => {
    await connection.run(`ATTACH ${quoted(pathOf(name))} AS ${name} (STORAGE_VERSION 'latest')`)
    await connection.run(`CREATE TABLE IF NOT EXISTS ${name}.spans (${columnsSql})`)
    await connection.run(upgradeSql(name))
    slices.set(name, { start: Number(name.slice(1)) * 1e3, odd: name[0] == 'o', written })
  }
  // a write-ahead log that a crash left is as good as a write
  for (const file of readdirSync(folder).sort()) {
    const [, name] = /^([so]\d+)\.duckdb$/.exec(file) ?? []
    if (name) await attach(name, 0)
  }
  await connection.run(`CREATE TABLE empty (${columnsSql})`)
  return {
    nameFor: (ms) => {
      const now = Date.now()
      const since = Math.max(startOf(oldest()), now - furthestBackMs)
      return ms < since || ms > now + aheadMs ? `o${startOf(now) / 1e3}` : `s${startOf(ms) / 1e3}`
    },
    ensure: async (name) => {
      if (!slices.has(name)) await attach(name)
      slices.get(name)!.written = Date.now()
    },
    since: (ms) =>
      [...slices].filter(([, { start, odd }]) => odd || start + sliceMs > ms).map(([name]) => name),
    within: (fromMs, toMs) =>
      union(
        [...slices]
          .filter(([, { start, odd }]) => odd || (start <= toMs && start + sliceMs > fromMs))
          .map(([name]) => name),
      ),
    everything: () => union([...slices.keys()]),
    expire: async (oldest, readsDone) => {
      const old = [...slices].filter(([, { start }]) => start + sliceMs <= oldest)
      if (!old.length) return
      old.forEach(([name]) => slices.delete(name))
      await readsDone()
      for (const [name] of old) {
        await connection.run(`DETACH ${name}`)
        for (const end of ['', '.wal']) rmSync(pathOf(name) + end, { force: true })
      }
    },
    settle: async (all) => {
      for (const [name, slice] of slices) {
        if (slice.written === undefined || !(all || slice.written < Date.now() - restMs)) continue
        const settled = await connection.run(`CHECKPOINT ${name}`).then(
          () => true,
          // somebody reads it: there will be another time, and the write-ahead log is safe
          () => false,
        )
        if (settled) slice.written = undefined
      }
    },
  }
}
