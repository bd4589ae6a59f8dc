// The store: a span is there once, whatever it is and whenever it came; and what brings spans into it.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { spansOf } from '../../../test/kit/collector.ts'
import { readTraces } from '../src/ingest/read-traces.ts'
import type { SpanRow } from '../src/span-row.ts'
import { createApplier, type Entry } from '../src/store/applier.ts'
import { openDuckDB } from '../src/store/duckdb.ts'
import { packRows, unpackRows } from '../src/store/pack-rows.ts'
import { createReader } from '../src/store/reader.ts'
import { mostTraceSpans, type Store } from '../src/store/store.ts'
import { arbitraryTraces } from './arbitrary-traces.ts'
import { newId, otlpOf, type Told } from './some-traces.ts'

const hour = 3600e3
const day = 24 * hour
const rowsOf = (traceId: string, ...spans: Told[]) => readTraces(otlpOf(traceId, ...spans)).rows

describe('the store', () => {
  let folder: string
  let store: Store
  const open = (more = {}) =>
    openDuckDB({ folder, memory: '200MB', threads: 1, retention: 7 * day, ...more })
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lightspan-store-'))
    store = await open()
  })
  afterEach(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const slices = () => readdirSync(folder).filter((name) => /^[so]\d+\.duckdb$/.test(name)).length

  test('says so where it has more of a trace than it gives', async () => {
    const [all, more] = [newId(16), newId(16)]
    const start = Date.now() - hour
    for (const [traceId, count] of [
      [all, mostTraceSpans],
      [more, mostTraceSpans + 1],
    ] as const) {
      const [row] = rowsOf(traceId, { start })
      const rows = Array.from({ length: count }, (_, n) => ({
        ...row!,
        spanId: (n + 1).toString(16).padStart(16, '0'),
        startNs: row!.startNs + BigInt(n),
      }))
      await store.write(rows)
    }
    expect(await store.trace(all)).not.toHaveProperty('truncated')
    const cut = await store.trace(more)
    expect(cut).toMatchObject({ truncated: true })
    expect(spansOf(cut!)).toHaveLength(mostTraceSpans)
  })

  test('gives back any trace as it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 16, maxLength: 16 }).chain((bytes) => {
          const traceId = Buffer.from(bytes).toString('hex').replace(/^./, 'f')
          return arbitraryTraces(traceId)
        }),
        async (data) => {
          const traceId = newId(16)
          const mine = JSON.parse(
            JSON.stringify(data).replaceAll(spansOf(data)[0]!.traceId, traceId),
          ) as typeof data
          await store.write(readTraces(mine).rows)
          const trace = await store.trace(traceId)
          const byId = (all: ReturnType<typeof spansOf>) =>
            all.toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1))
          expect(byId(spansOf(trace!))).toEqual(byId(spansOf(mine)))
          const [group] = trace!.resourceSpans
          const [sent] = mine.resourceSpans
          expect(group!.resource).toEqual(sent!.resource)
          expect(group!.schemaUrl).toBe(sent!.schemaUrl)
          expect(group!.scopeSpans[0]!.scope).toEqual(sent!.scopeSpans[0]!.scope)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('keeps the last copy of a span, in one write and over several', async () => {
    const traceId = newId(16)
    const spanId = newId(8)
    const of = (name: string) => rowsOf(traceId, { spanId, name, start: Date.now() - hour })
    await store.write([...of('a'), ...of('b')])
    expect(spansOf((await store.trace(traceId))!).map(({ name }) => name)).toEqual(['b'])
    await store.write(of('c'))
    await store.write([...rowsOf(newId(16), {}), ...of('d')])
    expect(spansOf((await store.trace(traceId))!).map(({ name }) => name)).toEqual(['d'])
  })

  test('tells spans of the same id in two traces apart', async () => {
    const spanId = newId(8)
    const [a, b] = [newId(16), newId(16)]
    await store.write([...rowsOf(a, { spanId, name: 'a' }), ...rowsOf(b, { spanId, name: 'b' })])
    expect(spansOf((await store.trace(a))!)[0]!.name).toBe('a')
    expect(spansOf((await store.trace(b))!)[0]!.name).toBe('b')
  })

  test('keeps the last copy also where its start has moved to another slice', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    try {
      const traceId = newId(16)
      const spanId = newId(8)
      await store.write(rowsOf(traceId, { spanId, name: 'a', start: Date.now() - 20 * hour }))
      vi.setSystemTime(Date.now() + 1000)
      await store.write(rowsOf(traceId, { spanId, name: 'b', start: Date.now() - 2 * hour }))
      expect(slices()).toBe(2)
      expect(spansOf((await store.trace(traceId))!).map(({ name }) => name)).toEqual(['b'])
      const found = await store.search({ from: 0, to: 9e12, attributes: [], limit: 10 })
      expect(found.traces).toMatchObject([{ spans: 1, rootName: 'b' }])
    } finally {
      vi.useRealTimers()
    }
  })

  test('makes few files, whatever times spans claim', async () => {
    const rows = Array.from({ length: 300 }, (_, n) =>
      rowsOf(newId(16), { start: n * 30_000 * 3600e3 * 0.1 + n * 7 * day }),
    ).flat()
    await store.write(rows)
    expect(slices()).toBeLessThan(40)
    const { traces } = await store.search({ from: 0, to: 9e12, attributes: [], limit: 1000 })
    expect(traces).toHaveLength(300)
  })

  test('removes slices that are too old, also while they are being read', async () => {
    const old = Array.from({ length: 200 }, () =>
      rowsOf(newId(16), { start: Date.now() - 3 * day }),
    ).flat()
    const young = newId(16)
    await store.write([...old, ...rowsOf(young, { start: Date.now() - hour })])
    const search = () => store.search({ from: 0, to: 9e12, attributes: [], limit: 1000 })
    // a search asks twice, and the old ones may go in between
    const reading = Promise.all(Array.from({ length: 6 }, search))
    await store.tidy(Date.now() - day)
    for (const { traces } of await reading) expect([1, 201]).toContain(traces.length)
    expect((await search()).traces.map(({ traceId }) => traceId)).toEqual([young])
    expect(slices()).toBe(1)
  })

  test('finds how long nested requests took, whatever the clocks of their services say', async () => {
    const skew = fc.integer({ min: -600_000, max: 600_000 })
    const request = fc.record({
      service: fc.constantFrom('b', 'c', 'd'),
      // parts of what asked for it, of 1024
      from: fc.integer({ min: 0, max: 500 }),
      to: fc.integer({ min: 501, max: 1024 }),
      under: fc.nat(),
    })
    const skews = fc.record({ b: skew, c: skew, d: skew })
    const traces = fc.array(fc.tuple(skews, fc.array(request, { maxLength: 12 })), {
      minLength: 40,
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(traces, async (all) => {
        const start = Date.now() - hour
        const told = all.map(([skews, requests]) => {
          const root = { service: 'a', spanId: newId(8), from: 0, to: 4096, skew: 0 }
          const served = [root]
          const calls = requests.flatMap(({ under, from, to, service }): Told[] => {
            const by = served[under % served.length]!
            const part = (by.to - by.from) / 1024
            const it = {
              service,
              spanId: newId(8),
              from: by.from + from * part,
              to: by.from + to * part,
              skew: skews[service],
            }
            served.push(it)
            const client = newId(8)
            const times = { start: start + it.from, duration: it.to - it.from }
            return [
              {
                ...{ ...times, start: times.start + by.skew, service: by.service, kind: 3 },
                ...{ spanId: client, parentSpanId: by.spanId },
              },
              {
                ...{ ...times, start: times.start + it.skew, service, kind: 2 },
                ...{ spanId: it.spanId, parentSpanId: client },
              },
            ]
          })
          const { spanId, service } = root
          return [{ spanId, service, start, duration: root.to, kind: 1 }, ...calls]
        })
        const ids = told.map(() => newId(16))
        await store.write(told.flatMap((spans, n) => rowsOf(ids[n]!, ...spans)))
        for (const id of ids) {
          const { start: began, duration } = (await store.trace(id))!
          // clocks are minutes apart; many that are placed one after the other may leave some ms
          expect(Math.abs(began - start)).toBeLessThan(1000)
          expect(Math.abs(duration - 4096)).toBeLessThan(1000)
        }
      }),
      { numRuns: 5, endOnFailure: true },
    )
  })

  test('of the version before is read on, and takes what that did not have', async () => {
    const [old, later] = [newId(16), newId(16)]
    await store.write(rowsOf(old, {}))
    await store.close()
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    for (const file of readdirSync(folder).filter((name) => /^s\d+\.duckdb$/.test(name))) {
      await connection.run(`ATTACH '${join(folder, file)}' AS slice`)
      await connection.run('ALTER TABLE slice.spans DROP COLUMN lag_ns')
      await connection.run('DETACH slice')
    }
    await connection.run(`ATTACH '${join(folder, 'main.duckdb')}' AS about`)
    await connection.run('UPDATE about.schema SET version = 2')
    await connection.run('DETACH about')
    connection.closeSync()
    instance.closeSync()
    store = await open()
    await store.write(readTraces(otlpOf(later, {}), { lagNs: 5_000_000n }).rows)
    expect(await store.trace(old)).toMatchObject({ duration: 10, clocks: [] })
    expect(await store.trace(later)).toMatchObject({ clocks: [{ service: 'shop', atMost: 5 }] })
  })

  test('is there again when it is opened again, and refuses one of another version', async () => {
    const traceId = newId(16)
    await store.write(rowsOf(traceId, {}))
    await store.close()
    store = await open()
    expect(spansOf((await store.trace(traceId))!)).toHaveLength(1)
    await store.close()
    const instance = await DuckDBInstance.create(join(folder, 'main.duckdb'))
    const connection = await instance.connect()
    await connection.run('UPDATE schema SET version = 999')
    connection.closeSync()
    instance.closeSync()
    await expect(open()).rejects.toThrow('is of version 999')
    rmSync(folder, { recursive: true })
    store = await open()
  })

  test('answers where there is nothing yet', async () => {
    const window = { from: 0, to: 9e12 }
    expect(await store.services(window)).toEqual([])
    expect(await store.trace(newId(16))).toBeUndefined()
    expect(await store.routes({ ...window, limit: 5, step: 60 })).toEqual({
      routes: [],
      truncated: false,
    })
  })

  test('can be probed', async () => {
    await store.probe()
    await store.probe()
  })
})

test('rows between threads stay as they are', () => {
  fc.assert(
    fc.property(fc.array(arbitraryTraces('ab'.repeat(16)), { maxLength: 4 }), (all) => {
      const rows = all.flatMap((data) => readTraces(data).rows)
      expect(unpackRows(structuredClone(packRows(rows)))).toEqual(rows)
    }),
  )
})

describe('a reader', () => {
  let instance: DuckDBInstance | undefined
  afterAll(() => instance?.closeSync())

  test('answers a few questions at a time, and the others in their turn', async () => {
    instance = await DuckDBInstance.create(':memory:')
    const reader = createReader([await instance.connect(), await instance.connect()])
    const asked = Array.from({ length: 60 }, (_, n) => reader.ask(`SELECT ${n} AS n`))
    expect((await Promise.all(asked)).map(([row]) => row!['n'])).toEqual(asked.map((_, n) => n))
    await expect(reader.ask('SELECT nonsense')).rejects.toThrow('nonsense')
    expect(await reader.ask('SELECT 1 AS n')).toEqual([{ n: 1 }])
    await reader.idle()
  })

  test('refuses what would wait behind too many', async () => {
    instance ??= await DuckDBInstance.create(':memory:')
    const reader = createReader([await instance.connect()])
    const asked = Array.from({ length: 150 }, () => reader.ask('SELECT 1'))
    const answers = await Promise.allSettled(asked)
    const refused = answers.filter(({ status }) => status == 'rejected')
    expect(refused).toHaveLength(49)
    expect(refused[0]).toMatchObject({ reason: { status: 503 } })
  })
})

describe('the applier', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const row = (name: string) => ({ name }) as SpanRow
  const entry = (seq: number, ...names: string[]): Entry => ({
    seq,
    rows: names.map(row),
    weight: 0,
  })
  /** An applier on a store that fails as it is told. */
  const setUp = (fails: (names: string[]) => boolean, works = () => true) => {
    const written: string[] = []
    const applied: number[] = []
    const poison: number[] = []
    let errors = 0
    const applier = createApplier({
      store: {
        write: async (rows) => {
          const names = rows.map(({ name }) => name)
          if (fails(names)) throw new Error('no')
          written.push(...names)
        },
        probe: async () => {
          if (!works()) throw new Error('no')
        },
      },
      onApplied: async (entries) => void applied.push(...entries.map(({ seq }) => seq)),
      onError: () => errors++,
      onPoison: ({ seq }) => poison.push(seq),
    })
    return { applier, written, applied, poison, errors: () => errors }
  }
  const all = async (applier: ReturnType<typeof createApplier>) => {
    const drained = applier.drained()
    await vi.advanceTimersByTimeAsync(60_000)
    return drained
  }

  test('writes what gathers in one go, in order', async () => {
    const { applier, written, applied } = setUp(() => false)
    for (let seq = 1; seq <= 5; seq++) applier.add(entry(seq, `${seq}a`, `${seq}b`))
    expect(applier.waiting()).toBe(10)
    await all(applier)
    expect(written.join(' ')).toBe('1a 1b 2a 2b 3a 3b 4a 4b 5a 5b')
    expect([applied, applier.waiting()]).toEqual([[1, 2, 3, 4, 5], 0])
  })

  test('tries again until the store is back, and leaves nothing out', async () => {
    let broken = true
    const { applier, written, poison, errors } = setUp(
      () => broken,
      () => !broken,
    )
    for (let seq = 1; seq <= 4; seq++) applier.add(entry(seq, `${seq}`))
    await vi.advanceTimersByTimeAsync(10_000)
    expect([written, poison]).toEqual([[], []])
    expect(errors()).toBeGreaterThan(5)
    broken = false
    await all(applier)
    expect([written, poison]).toEqual([['1', '2', '3', '4'], []])
  })

  test('leaves out the one record that a working store does not take', async () => {
    const { applier, written, poison, applied } = setUp((names) => names.includes('bad'))
    for (let seq = 1; seq <= 8; seq++) applier.add(entry(seq, seq == 6 ? 'bad' : `${seq}`))
    await all(applier)
    expect(written).toEqual(['1', '2', '3', '4', '5', '7', '8'])
    expect(poison).toEqual([6])
    expect(applied).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })
})
