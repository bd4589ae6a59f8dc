// The log gives back what it acknowledged, in order, whatever happened to its files.

import { copyFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLog, type Log } from '../src/log/log.ts'
import { readSegment } from '../src/log/read-segment.ts'
import { bodyKinds, recordHead, type LogRecord } from '../src/log/record.ts'

const record: fc.Arbitrary<Omit<LogRecord, 'seq'>> = fc.record({
  kind: fc.constantFrom(...bodyKinds),
  body: fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((it) => Buffer.from(it)),
    // bodies that look like the beginning of records
    fc.array(fc.constant('LSR1\0\0\0\0'), { maxLength: 30 }).map((it) => Buffer.from(it.join(''))),
  ),
})
const records = fc
  .array(record, { minLength: 1, maxLength: 12 })
  .map((all) => all.map((it, at) => ({ ...it, seq: at + 1 })))

const write = (all: readonly LogRecord[]) =>
  Buffer.concat(all.flatMap((it) => [recordHead(it), it.body]))

const plain = (all: readonly LogRecord[]) =>
  all.map(({ seq, kind, body }) => ({ seq, kind, body: body.toString('hex') }))

describe('a segment', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(records, (all) => {
        const read = readSegment(write(all))
        expect(plain(read.records)).toEqual(plain(all))
        expect(read.damages).toEqual([])
      }),
    )
  })

  test('that was cut off anywhere gives every record before the cut', () => {
    fc.assert(
      fc.property(records, fc.nat(), (all, cut) => {
        const bytes = write(all)
        const length = cut % bytes.length
        const read = readSegment(bytes.subarray(0, length))
        const ends = all.map((_, at) => write(all.slice(0, at + 1)).length)
        const whole = ends.filter((end) => end <= length).length
        expect(plain(read.records)).toEqual(plain(all.slice(0, whole)))
        const rest = length - (ends[whole - 1] ?? 0)
        expect(read.damages).toEqual(rest ? [{ from: length - rest, size: rest }] : [])
      }),
    )
  })

  test('that is damaged in one byte gives every other record', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, place, change) => {
        const bytes = write(all)
        const at = place % bytes.length
        bytes[at] = bytes[at]! ^ change
        const hit = all.findIndex((_, n) => at < write(all.slice(0, n + 1)).length)
        const read = readSegment(bytes)
        expect(plain(read.records)).toEqual(plain(all.filter((_, n) => n != hit)))
        expect(read.damages).toHaveLength(1)
      }),
      { numRuns: 300 },
    )
  })

  test('of any bytes is read to its end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        const { records, damages } = readSegment(Buffer.from(bytes))
        const size = damages.reduce((sum, it) => sum + it.size, 0)
        expect(records.length || size).toBeGreaterThanOrEqual(bytes.length ? 1 : 0)
      }),
    )
  })

  test('full of what looks like records takes no longer than its size says', () => {
    // a million heads, each of a body that goes on to the end of the file
    const head = recordHead({ seq: 1, kind: 'json', body: Buffer.alloc(0) })
    head.writeUInt32LE(2 ** 20, 4)
    const bytes = Buffer.concat(Array.from({ length: 200_000 }, () => head))
    expect(readSegment(bytes)).toEqual({ records: [], damages: [{ from: 0, size: bytes.length }] })
  })
})

describe('the log', () => {
  let folder: string
  let warnings: string[]
  let opened: Log[]
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lightspan-log-'))
    warnings = []
    opened = []
  })
  afterEach(async () => {
    for (const log of opened) await log.close().catch(() => {})
    await rm(folder, { recursive: true, force: true })
  })

  // Not closed by the tests that stand for a crash.
  const open = async () => {
    const log = await openLog(folder, { warn: (message) => warnings.push(message) })
    opened.push(log)
    return log
  }
  const bodyOf = (n: number) => Buffer.from(`body ${n}`)
  const files = () => readdirSync(folder).filter((name) => name.includes('.log'))
  const replayed = async (log: Log) => {
    const seen: [number, string][] = []
    await log.replay(async ({ seq, body }) => void seen.push([seq, body.toString()]))
    return seen
  }
  /** Opens, replays nothing, and appends as many. */
  const filled = async (count: number) => {
    const log = await open()
    await replayed(log)
    for (let n = 1; n <= count; n++) await log.append('json', bodyOf(n))
    return log
  }

  test('gives back after a crash what was appended, in order, and goes on counting', async () => {
    await filled(3) // never closed, as in a crash
    const again = await open()
    expect(await replayed(again)).toEqual([
      [1, 'body 1'],
      [2, 'body 2'],
      [3, 'body 3'],
    ])
    expect(await again.append('json', bodyOf(4))).toBe(4)
    expect((await replayed(await open())).map(([seq]) => seq)).toEqual([1, 2, 3, 4])
    expect(warnings).toEqual([])
  })

  test('writes what comes at the same time in one go, and answers in its order', async () => {
    const groups: number[] = []
    const log = await openLog(folder, {
      warn: () => {},
      written: (_, count) => groups.push(count),
    })
    opened.push(log)
    const order: number[] = []
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        log.append('json', bodyOf(n)).then((seq) => order.push(seq)),
      ),
    )
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(groups.reduce((sum, it) => sum + it, 0)).toBe(50)
    expect(groups.length).toBeLessThan(5)
  })

  test('does not give back what the store has', async () => {
    const log = await filled(3)
    await log.applied(2)
    expect(await replayed(await open())).toEqual([[3, 'body 3']])
  })

  test('removes its files when it ends and the store has everything', async () => {
    const log = await filled(3)
    await log.applied(3)
    expect(files()).toHaveLength(1)
    await log.close()
    expect(files()).toEqual([])
    const again = await open()
    expect(await replayed(again)).toEqual([])
    expect(await again.append('json', bodyOf(4))).toBeGreaterThan(3)
  })

  test('appends nothing to a file whose end was cut off', async () => {
    await filled(2)
    const [name] = files()
    const whole = readFileSync(join(folder, name!))
    // what a kill in the middle of a write leaves
    writeFileSync(join(folder, name!), whole.subarray(0, whole.length - 3))
    const again = await open()
    expect(await replayed(again)).toEqual([[1, 'body 1']])
    expect(warnings.join()).toContain('cut off before they were acknowledged')
    await again.append('json', Buffer.from('after'))
    const bodies = (await replayed(await open())).map(([, body]) => body)
    expect(bodies).toEqual(['body 1', 'after'])
  })

  test('survives a file that was begun and never written to, or cut off in its first record', async () => {
    for (const size of [0, 9]) {
      await filled(1)
      const name = files().at(-1)!
      writeFileSync(join(folder, name), readFileSync(join(folder, name)).subarray(0, size))
      const log = await open()
      expect(await replayed(log)).toEqual([])
      await log.append('json', Buffer.from('after'))
      const again = await open()
      expect((await replayed(again)).map(([, body]) => body)).toEqual(['after'])
      await again.applied(1e6)
      await again.close()
    }
  })

  test('keeps a damaged file aside when its records are stored', async () => {
    await filled(3)
    const [name] = files()
    const bytes = readFileSync(join(folder, name!))
    bytes[bytes.length >> 1]! ^= 255 // in the second record
    writeFileSync(join(folder, name!), bytes)
    const again = await open()
    expect(await replayed(again)).toEqual([
      [1, 'body 1'],
      [3, 'body 3'],
    ])
    expect(warnings.join()).toContain('damaged')
    await again.applied(3)
    expect(files()).toEqual([`${name}.aside`])
  })

  test('keeps a file aside that somebody should look at', async () => {
    const log = await filled(2)
    log.keep(1)
    await log.applied(2)
    await log.close()
    expect(files()).toEqual(['0000000000000001.log.aside'])
  })

  test('says so where it cannot write, and goes on when it can again', async () => {
    const log = await filled(1)
    await log.applied(1)
    // the next record needs a new file, and finds no folder for it
    const elsewhere = folder + '-gone'
    const big = Buffer.alloc(33 * 2 ** 20)
    await log.append('json', big)
    renameSync(folder, elsewhere)
    await expect(log.append('json', bodyOf(3))).rejects.toThrow('ENOENT')
    renameSync(elsewhere, folder)
    const seq = await log.append('json', bodyOf(4))
    const seen = await replayed(await open())
    expect(seen.at(-1)).toEqual([seq, 'body 4'])
    expect(seen.map(([, body]) => body)).not.toContain('body 3')
  })

  test('takes a mark that makes no sense for none', async () => {
    await filled(2)
    writeFileSync(join(folder, 'applied'), '12')
    expect(await replayed(await open())).toHaveLength(2)
    copyFileSync(join(folder, files()[0]!), join(folder, 'notes.log.txt'))
    expect(await replayed(await open())).toHaveLength(2)
  })
})
