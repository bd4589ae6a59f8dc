// log.ts: the collector's own log: what it has accepted survives it, whatever the store is doing.

import { mkdir, open, readdir, readFile, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { readRecord, recordHead, type BodyKind, type LogRecord } from './record.ts'

/** An append-only log in segments. */
export interface Log {
  /** Resolves with the record's sequence once it is on disk; all that wait share one `fdatasync`. */
  append: (kind: BodyKind, body: Buffer) => Promise<number>
  /** The store holds everything up to `seq` durably: whole segments up to there are removed. */
  applied: (seq: number) => Promise<void>
  /** Bytes that wait to be written. */
  waiting: () => number
  close: () => Promise<void>
}

/** Bytes after which a new segment is begun. */
const segmentSize = 32 * 2 ** 20

interface Segment {
  path: string
  /** Sequence of its last record; 0: none yet. */
  last: number
}

interface Waiting {
  kind: BodyKind
  body: Buffer
  done: (seq: number) => void
  fail: (error: unknown) => void
}

const nameOf = (seq: number) => `${String(seq).padStart(16, '0')}.log`

// A new file is safe only when its folder is.
const syncFolder = async (folder: string) => {
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}

/**
 * Opens the log in `folder` and hands every record that is left to `replay`, oldest first. A record that
 * was cut off ends its segment; `warn` is told.
 */
export const openLog = async (
  folder: string,
  replay: (record: LogRecord) => Promise<void>,
  warn: (message: string) => void,
  observe: (seconds: number, records: number) => void = () => {},
): Promise<Log> => {
  await mkdir(folder, { recursive: true })
  const segments: Segment[] = []
  let next = 1
  for (const name of (await readdir(folder)).filter((it) => /^\d+\.log$/.test(it)).sort()) {
    const segment = { path: join(folder, name), last: 0 }
    const bytes = await readFile(segment.path)
    let at = 0
    for (let read = readRecord(bytes, at); read; read = readRecord(bytes, at)) {
      const [record, end] = read
      await replay(record)
      segment.last = record.seq
      next = Math.max(next, record.seq + 1)
      at = end
    }
    if (at < bytes.length)
      warn(
        `${name}: ${bytes.length - at} bytes at its end were never acknowledged and are left out`,
      )
    segments.push(segment)
  }

  let waiting: Waiting[] = []
  let waitingBytes = 0
  let handle: FileHandle | undefined
  let size = 0
  let writing: Promise<void> | undefined

  const begin = async () => {
    await handle?.close()
    const path = join(folder, nameOf(next))
    handle = await open(path, 'a')
    await syncFolder(folder)
    segments.push({ path, last: 0 })
    size = 0
  }
  const writeGroup = async (group: Waiting[]) => {
    const started = performance.now()
    if (!handle || size > segmentSize) await begin()
    const seqs = group.map(() => next++)
    const parts = group.flatMap(({ kind, body }, at) => [
      recordHead({ seq: seqs[at]!, kind, body }),
      body,
    ])
    size += parts.reduce((sum, part) => sum + part.length, 0)
    await handle!.appendFile(Buffer.concat(parts))
    await handle!.datasync()
    segments.at(-1)!.last = seqs.at(-1)!
    observe((performance.now() - started) / 1e3, group.length)
    group.forEach(({ done }, at) => done(seqs[at]!))
  }
  const writeAll = async () => {
    while (waiting.length) {
      const group = waiting
      waiting = []
      waitingBytes = 0
      try {
        await writeGroup(group)
      } catch (error) {
        // What was written of it may be cut off: the next record starts a segment of its own.
        await handle?.close().catch(() => {})
        handle = undefined
        group.forEach(({ fail }) => fail(error))
      }
    }
    writing = undefined
  }
  return {
    append: (kind, body) =>
      new Promise((done, fail) => {
        waiting.push({ kind, body, done, fail })
        waitingBytes += body.length
        writing ??= writeAll()
      }),
    applied: async (seq) => {
      const current = handle && segments.at(-1)
      const old = segments.filter((it) => it != current && it.last <= seq)
      for (const it of old) {
        segments.splice(segments.indexOf(it), 1)
        await unlink(it.path)
      }
    },
    waiting: () => waitingBytes,
    close: async () => {
      await writing
      await handle?.close()
      handle = undefined
    },
  }
}
