// log.ts: the collector's own log: what it has accepted survives it, whatever the store is doing.

import type { FileHandle } from 'node:fs/promises'
import { recordHead, type BodyKind, type LogRecord } from './record.ts'
import { openSegments, type Segment, type Segments } from './segments.ts'

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
  /** Resolves when what was appended is written. */
  flush: () => Promise<void>
  /** Ends the log, and removes what is applied. */
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

interface Waiting {
  kind: BodyKind
  body: Buffer
  done: (seq: number) => void
  fail: (error: unknown) => void
}

// Takes what waits, in order, up to a size.
const takeGroup = (waiting: Waiting[]) => {
  let size = 0
  const end = waiting.findIndex(({ body }) => (size += body.length) > groupSize)
  return waiting.splice(0, end < 0 ? waiting.length : Math.max(1, end))
}

interface Open {
  segment: Segment
  handle: FileHandle
  size: number
}

/** Writes groups of records, each to disk before the next. `next` is the first one's sequence. */
const createWriter = ({ make }: Segments, { written }: LogWatch, from: number) => {
  let next = from
  let open: Open | undefined

  const end = async () => {
    const handle = open?.handle
    open = undefined
    await handle?.close()
  }
  const room = async (): Promise<Open> => {
    if (open && open.size <= segmentSize) return open
    await end()
    try {
      open = { ...(await make(next)), size: 0 }
      return open
    } catch (error) {
      next++ // a name that was tried once is not tried again
      throw error
    }
  }
  const write = async (group: readonly Waiting[]): Promise<number[]> => {
    const started = performance.now()
    const to = await room()
    const seqs = group.map(() => next++)
    const bytes = Buffer.concat(
      group.flatMap(({ kind, body }, at) => [recordHead({ seq: seqs[at]!, kind, body }), body]),
    )
    to.size += bytes.length
    await to.handle.appendFile(bytes)
    await to.handle.datasync()
    to.segment.last = seqs.at(-1)!
    written?.((performance.now() - started) / 1e3, group.length)
    return seqs
  }
  return { write, end, current: () => open?.segment }
}

/**
 * Opens the log in `folder`.
 * @throws what the file system says, where the folder cannot be read or made.
 */
export const openLog = async (folder: string, watch: LogWatch): Promise<Log> => {
  const segments = await openSegments(folder, watch.warn)
  const waiting: Waiting[] = []
  let writer = createWriter(segments, watch, segments.applied() + 1)
  let writing: Promise<void> | undefined

  const writeAll = async () => {
    while (waiting.length) {
      const group = takeGroup(waiting)
      try {
        const seqs = await writer.write(group)
        group.forEach(({ done }, at) => done(seqs[at]!))
      } catch (error) {
        // What was written of it may be cut off: the next record starts a segment of its own.
        await writer.end().catch(() => {})
        group.forEach(({ fail }) => fail(error))
      }
    }
    writing = undefined
  }
  return {
    replay: async (take) => {
      let last = segments.applied()
      for await (const { segment, records } of segments.read()) {
        last = Math.max(last, segment.last)
        for (const record of records) if (record.seq > segments.applied()) await take(record)
      }
      writer = createWriter(segments, watch, last + 1)
      await segments.clear()
    },
    append: (kind, body) =>
      new Promise((done, fail) => {
        waiting.push({ kind, body, done, fail })
        writing ??= writeAll()
      }),
    applied: async (seq) => {
      if (seq <= segments.applied()) return
      await segments.apply(seq)
      await segments.clear(writer.current())
    },
    keep: segments.keep,
    flush: async () => {
      await writing
    },
    close: async () => {
      await writing
      await writer.end()
      await segments.clear()
    },
  }
}
