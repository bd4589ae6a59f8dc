// log.ts: the collector's own log: what it has accepted survives it, whatever the store is doing.

import { mkdir, open, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readSegment } from './read-segment.ts'
import { recordHead, type BodyKind, type LogRecord } from './record.ts'

/** An append-only log in segments. */
export interface Log {
  /** Hands over every record that the store may not have, oldest first. Once, before any `append`. */
  replay: (take: (record: LogRecord) => Promise<void>) => Promise<void>
  /** Resolves with the record's sequence once it is on disk; all that wait share one `fdatasync`. */
  append: (kind: BodyKind, body: Buffer) => Promise<number>
  /** The store holds everything up to `seq` durably: whole segments up to there are removed. */
  applied: (seq: number) => Promise<void>
  /** The segment that `seq` is in is to be kept aside, not removed: somebody should look at it. */
  keep: (seq: number) => void
  /** Waits for what is being written, and removes what is applied. */
  close: () => Promise<void>
}

/** What tells of the log, and what it tells. */
export interface LogWatch {
  warn: (message: string) => void
  /** A group of that many records was written and synced. */
  written?: (seconds: number, records: number) => void
}

/** Bytes after which a new segment is begun. */
const segmentSize = 32 * 2 ** 20

/** Bytes of one write, which all its senders wait for. */
const groupSize = 16 * 2 ** 20

const markName = 'applied'

interface Segment {
  path: string
  first: number
  /** Sequence of its last record; 0: none yet. */
  last: number
  keep?: boolean
}

interface Waiting {
  kind: BodyKind
  body: Buffer
  done: (seq: number) => void
  fail: (error: unknown) => void
}

// A new file is safe only when its folder is.
const syncFolder = async (folder: string) => {
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}

const segmentNames = async (folder: string) =>
  (await readdir(folder)).filter((name) => /^\d{16}\.log$/.test(name)).sort()

// Not synced: an older mark means that more is replayed, which changes nothing.
const createMark = async (folder: string) => {
  const path = join(folder, markName)
  const text = await readFile(path, 'utf8').catch(() => '')
  let seq = /^\d{1,15}\n$/.test(text) ? Number(text) : 0
  return {
    seq: () => seq,
    move: async (to: number) => {
      seq = to
      await writeFile(path + '.new', `${to}\n`)
      await rename(path + '.new', path)
    },
  }
}

// Takes what waits, in order, up to a size.
const takeGroup = (waiting: Waiting[]) => {
  let size = 0
  const end = waiting.findIndex(({ body }) => (size += body.length) > groupSize)
  return waiting.splice(0, end < 0 ? waiting.length : Math.max(1, end))
}

/**
 * Opens the log in `folder`.
 * @throws what the file system says, where the folder cannot be read or made.
 */
export const openLog = async (folder: string, { warn, written }: LogWatch): Promise<Log> => {
  await mkdir(folder, { recursive: true })
  await syncFolder(dirname(folder))
  const mark = await createMark(folder)
  const segments: Segment[] = []
  let next = mark.seq() + 1
  const waiting: Waiting[] = []
  let handle: FileHandle | undefined
  let size = 0
  let writing: Promise<void> | undefined

  const replaySegment = async (name: string, take: (record: LogRecord) => Promise<void>) => {
    const path = join(folder, name)
    const bytes = await readFile(path)
    const { records, damages } = readSegment(bytes)
    const last = records.at(-1)?.seq ?? 0
    // Here first, so that `keep` knows it while its records are handed over.
    const segment = { path, first: records[0]?.seq ?? 0, last, keep: false }
    segments.push(segment)
    for (const { from, size } of damages) {
      const cutOff = from + size == bytes.length
      segment.keep ||= !cutOff
      const about = `${name}: ${size} bytes at ${from}`
      warn(
        cutOff
          ? `${about}, its end, were cut off before they were acknowledged, and are left out`
          : `${about} are damaged and left out; the file is kept as ${name}.aside`,
      )
    }
    next = Math.max(next, last + 1)
    for (const record of records) if (record.seq > mark.seq()) await take(record)
  }
  const removeApplied = async (current: Segment | undefined) => {
    const old = segments.filter((it) => it != current && it.last <= mark.seq())
    for (const it of old) {
      segments.splice(segments.indexOf(it), 1)
      await (it.keep ? rename(it.path, it.path + '.aside') : unlink(it.path))
    }
  }
  const begin = async () => {
    await handle?.close()
    handle = undefined
    const path = join(folder, `${String(next).padStart(16, '0')}.log`)
    // exclusively: nothing may ever follow a write that was cut off
    handle = await open(path, 'wx')
    segments.push({ path, first: next, last: 0 })
    size = 0
    await syncFolder(folder)
  }
  const writeGroup = async (group: Waiting[]) => {
    const started = performance.now()
    if (!handle || size > segmentSize) await begin()
    const seqs = group.map(() => next++)
    const parts = group.flatMap(({ kind, body }, at) => [
      recordHead({ seq: seqs[at]!, kind, body }),
      body,
    ])
    const bytes = Buffer.concat(parts)
    size += bytes.length
    await handle!.appendFile(bytes)
    await handle!.datasync()
    segments.at(-1)!.last = seqs.at(-1)!
    written?.((performance.now() - started) / 1e3, group.length)
    group.forEach(({ done }, at) => done(seqs[at]!))
  }
  const writeAll = async () => {
    while (waiting.length) {
      const group = takeGroup(waiting)
      try {
        await writeGroup(group)
      } catch (error) {
        // What was written of it may be cut off: the next record starts a segment of its own.
        await handle?.close().catch(() => {})
        handle = undefined
        next++ // a name that was used once is not used again
        group.forEach(({ fail }) => fail(error))
      }
    }
    writing = undefined
  }
  return {
    replay: async (take) => {
      for (const name of await segmentNames(folder)) await replaySegment(name, take)
      await removeApplied(undefined)
    },
    append: (kind, body) =>
      new Promise((done, fail) => {
        waiting.push({ kind, body, done, fail })
        writing ??= writeAll()
      }),
    applied: async (seq) => {
      if (seq <= mark.seq()) return
      await mark.move(seq)
      await removeApplied(handle && segments.at(-1))
    },
    keep: (seq) => {
      const segment = segments.find(({ first, last }) => first <= seq && seq <= last)
      if (segment) segment.keep = true
    },
    close: async () => {
      await writing
      await handle?.close()
      handle = undefined
      await removeApplied(undefined)
    },
  }
}
