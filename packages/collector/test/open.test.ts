// Spans that have not ended: an end replaces them, in whatever order things come; what never ends is closed.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { eventually, spansOf, startCollector } from '../../../test/kit/collector.ts'
import { readTraces } from '../src/ingest/read-traces.ts'
import { openDuckDB } from '../src/store/duckdb.ts'
import type { Store } from '../src/store/store.ts'
import { compactOf, newId, otlpOf, type Told } from './some-traces.ts'

const minute = 60e3
const hour = 60 * minute
const now = Date.UTC(2026, 4, 12, 12, 30)

let folder: string
let store: Store
const open = () => openDuckDB({ folder, memory: '200MB', threads: 1, retention: Infinity })
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now })
  folder = mkdtempSync(join(tmpdir(), 'lightspan-open-'))
  store = await open()
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
  vi.useRealTimers()
})

const later = (ms: number) => vi.setSystemTime(Date.now() + ms)
const write = (traceId: string, ...spans: Told[]) =>
  store.write(readTraces(otlpOf(traceId, ...spans)).rows)

/** The one span of a trace: how long it is, in ms, and what of its end is known. */
const only = async (traceId: string, spanId?: string) => {
  const spans = spansOf((await store.trace(traceId))!).filter(
    (it) => !spanId || it.spanId == spanId,
  )
  expect(spans).toHaveLength(1)
  const [{ startTimeUnixNano, endTimeUnixNano, attributes = [] }] = spans as [(typeof spans)[0]]
  const of = (name: string) => attributes.find(({ key }) => key == name)?.value
  return {
    ms: Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6,
    open: of('lightspan.open')?.boolValue ?? false,
    by: of('lightspan.ended_by')?.stringValue,
  }
}
const openCount = async () => {
  const { traces } = await store.search({ from: 0, to: 9e12, attributes: [], limit: 10 })
  return traces.reduce((sum, it) => sum + it.open, 0)
}

describe('an open span', () => {
  test('is told as open, and counted in the summary of its trace', async () => {
    const traceId = newId(16)
    await write(traceId, { open: true, duration: 5 }, { duration: 1 })
    expect(await openCount()).toBe(1)
  })

  test('is replaced by its end, and by what was seen later, in whatever order they come', async () => {
    const copies = fc.array(
      fc.record({
        duration: fc.integer({ min: 1, max: 9 }),
        open: fc.boolean(),
        // where copies are in one write, in the next one, or after a restart
        then: fc.constantFrom('more', 'write', 'restart'),
      }),
      { minLength: 2, maxLength: 6 },
    )
    const slice = fc.constantFrom(0, 20 * hour, 40 * 24 * hour, -72 * hour)
    await fc.assert(
      fc.asyncProperty(copies, slice, async (all, ago) => {
        const traceId = newId(16)
        const spanId = newId(8)
        const start = Date.now() - ago - 1000
        let gathered: Told[] = []
        for (const { then, ...it } of all) {
          gathered.push({ ...it, spanId, start })
          if (then == 'more') continue
          await write(traceId, ...gathered)
          gathered = []
          later(1)
          if (then != 'restart') continue
          await store.close()
          store = await open()
        }
        await write(traceId, ...gathered)
        const ended = all.findLast((it) => !it.open)
        const ms = ended?.duration ?? Math.max(...all.map(({ duration }) => duration))
        expect(await only(traceId)).toEqual({ ms, open: !ended, by: undefined })
      }),
      { numRuns: 25 },
    )
  })

  test('is replaced by its end also where the two lie in different slices', async () => {
    const ids = { spanId: newId(8), start: Date.now() + 30 * hour }
    const [a, b] = [newId(16), newId(16)]
    await write(a, { ...ids, open: true, duration: 900 })
    await write(b, { ...ids, duration: 400 })
    later(7 * hour)
    await write(a, { ...ids, duration: 400 })
    await write(b, { ...ids, open: true, duration: 900 })
    expect(await only(a)).toEqual({ ms: 400, open: false, by: undefined })
    expect(await only(b)).toEqual({ ms: 400, open: false, by: undefined })
    expect(await openCount()).toBe(0)
  })
})

describe('an open span without an end', () => {
  const spanId = newId(8)
  const close = (after = 5 * minute) => store.abandon(Date.now() - after)

  test('is closed where it was last seen, when nothing came for long enough', async () => {
    const traceId = newId(16)
    await write(traceId, { spanId, open: true, duration: 30_000 }, { duration: 10 })
    later(4 * minute)
    expect(await close()).toBe(0)
    expect(await openCount()).toBe(1)
    later(2 * minute)
    expect(await close()).toBe(1)
    expect(await only(traceId, spanId)).toEqual({ ms: 30_000, open: false, by: 'abandoned' })
    expect([await close(), await openCount()]).toEqual([0, 0])
    await store.close()
    store = await open()
    expect(await only(traceId, spanId)).toEqual({ ms: 30_000, open: false, by: 'abandoned' })
  })

  test('is closed at the end of a later span of its trace, and not while such come', async () => {
    const traceId = newId(16)
    const start = Date.now() - 1000
    await write(traceId, { spanId, start, open: true, duration: 100 })
    later(4 * minute)
    await write(traceId, { start: start + 200, duration: 50 })
    later(4 * minute)
    expect(await close()).toBe(0)
    later(2 * minute)
    expect(await close()).toBe(1)
    expect(await only(traceId, spanId)).toEqual({ ms: 250, open: false, by: 'abandoned' })
  })

  test('lives as long as its page: by spans of session and tab, until the tab has another page', async () => {
    const traceId = newId(16)
    const start = Date.now() - 10_000
    const visit = { session: 'visit', tab: 'one' }
    await write(traceId, { ...visit, spanId, start, open: true, duration: 100 })
    await write(newId(16), { ...visit, start: start + 300, duration: 20 })
    await write(newId(16), { ...visit, start: start + 1000, duration: 1, name: 'page load' })
    await write(newId(16), { ...visit, start: start + 2000 })
    await write(newId(16), { ...visit, tab: 'two', start: start + 3000 })
    await write(newId(16), { session: 'other', tab: 'one', start: start + 3000 })
    later(6 * minute)
    expect(await close()).toBe(1)
    expect(await only(traceId, spanId)).toEqual({ ms: 320, open: false, by: 'abandoned' })
  })

  test('gets its end when that comes late, and no older copy opens it again', async () => {
    const traceId = newId(16)
    const start = Date.now() - 10_000
    await write(traceId, { spanId, start, open: true, duration: 200 })
    later(6 * minute)
    await close()
    await write(traceId, { spanId, start, open: true, duration: 100 })
    await write(traceId, { spanId, start, open: true, duration: 200 })
    expect(await only(traceId)).toEqual({ ms: 200, open: false, by: 'abandoned' })
    await write(traceId, { spanId, start, open: true, duration: 300 })
    expect(await only(traceId)).toEqual({ ms: 300, open: true, by: undefined })
    later(6 * minute)
    expect(await close()).toBe(1)
    await write(traceId, { spanId, start, duration: 250 })
    expect(await only(traceId)).toEqual({ ms: 250, open: false, by: undefined })
  })
})

test('a store from before open spans were known is read, and takes them', async () => {
  const traceId = newId(16)
  await write(traceId, { name: 'old' })
  await store.close()
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`ATTACH '${join(folder, 'main.duckdb')}' AS about`)
  await connection.run('UPDATE about.schema SET version = 1')
  const slice = `s${Math.floor(now / hour / 6) * 6 * 3600}`
  await connection.run(`ATTACH '${join(folder, slice)}.duckdb' AS slice`)
  for (const column of ['state', 'lag_ns'])
    await connection.run(`ALTER TABLE slice.spans DROP COLUMN ${column}`)
  connection.closeSync()
  instance.closeSync()
  store = await open()
  await write(traceId, { spanId: newId(8), name: 'new', open: true })
  expect(spansOf((await store.trace(traceId))!)).toHaveLength(2)
  expect(await openCount()).toBe(1)
})

test('the collector closes what --abandon says, and tells how many', async () => {
  vi.useRealTimers()
  const collector = await startCollector({ args: ['--abandon', '1s'] })
  try {
    const traceId = newId(16)
    const attributes = { 'lightspan.open': true }
    await collector.post('/v1/spans', compactOf(traceId, { attributes }))
    const pairs = async () => spansOf(await collector.trace(traceId))[0]!.attributes!
    const closed = await eventually(
      async () => ((await pairs())[0]?.key == 'lightspan.ended_by' ? pairs() : undefined),
      () => 'the span is open',
    )
    expect(closed).toEqual([{ key: 'lightspan.ended_by', value: { stringValue: 'abandoned' } }])
    expect((await collector.metrics()).get('lightspan_collector_abandoned_spans_total')).toBe(1)
  } finally {
    await collector.stop()
    await collector.clean()
  }
})
