// segments.ts: the files of the log, and which of them are still needed.

import { mkdir, open, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readSegment, type Damage } from './read-segment.ts'
import type { LogRecord } from './record.ts'

/** A file of the log. */
export interface Segment {
  path: string
  first: number
  /** Sequence of its last record; 0: none yet. */
  last: number
  /** Somebody should look at it: it is kept aside, not removed. */
  keep: boolean
}

/** The files of a log. */
export interface Segments {
  /** Reads the files that are there, oldest first. */
  read: () => AsyncGenerator<{ segment: Segment; records: LogRecord[] }>
  /** Makes the file for the records from `first` on. @throws where there is one of that name. */
  make: (first: number) => Promise<{ segment: Segment; handle: FileHandle }>
  /** Everything up to here is in the store. */
  applied: () => number
  /** Moves that mark. */
  apply: (seq: number) => Promise<void>
  keep: (seq: number) => void
  /** Removes the files that are applied as a whole, but for the one that is written to. */
  clear: (current?: Segment) => Promise<void>
}

// A new file is safe only when its folder is.
const syncFolder = async (folder: string) => {
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}

// Not synced: an older mark means that more is replayed, which changes nothing.
const openMark = async (path: string) => {
  const text = await readFile(path, 'utf8').catch(() => '')
  let seq = /^\d{1,15}\n$/.test(text) ? Number(text) : 0
  const apply = async (to: number) => {
    seq = to
    await writeFile(path + '.new', `${to}\n`)
    await rename(path + '.new', path)
  }
  return { applied: () => seq, apply }
}

const createRead = (folder: string, all: Segment[], warn: (message: string) => void) => {
  const tell = (name: string, { from, size }: Damage, cutOff: boolean) => {
    const about = `${name}: ${size} bytes at ${from}`
    warn(
      cutOff
        ? `${about}, its end, were cut off before they were acknowledged, and are left out`
        : `${about} are damaged and left out; the file is kept as ${name}.aside`,
    )
  }
  return async function* () {
    for (const name of (await readdir(folder)).filter((it) => /^\d{16}\.log$/.test(it)).sort()) {
      const path = join(folder, name)
      const bytes = await readFile(path)
      const { records, damages } = readSegment(bytes)
      const isCutOff = ({ from, size }: Damage) => from + size == bytes.length
      damages.forEach((it) => tell(name, it, isCutOff(it)))
      const segment = {
        path,
        first: records[0]?.seq ?? 0,
        last: records.at(-1)?.seq ?? 0,
        keep: !damages.every(isCutOff),
      }
      all.push(segment)
      yield { segment, records }
    }
  }
}

/** Opens the folder of a log; makes it if need be. */
export const openSegments = async (
  folder: string,
  warn: (message: string) => void,
): Promise<Segments> => {
  await mkdir(folder, { recursive: true })
  await syncFolder(dirname(folder))
  const mark = await openMark(join(folder, 'applied'))
  const all: Segment[] = []
  return {
    ...mark,
    read: createRead(folder, all, warn),
    make: async (first) => {
      const path = join(folder, `${String(first).padStart(16, '0')}.log`)
      // exclusively: nothing may ever follow a write that was cut off
      const handle = await open(path, 'wx')
      const segment = { path, first, last: 0, keep: false }
      all.push(segment)
      await syncFolder(folder)
      return { segment, handle }
    },
    keep: (seq) => {
      const segment = all.find(({ first, last }) => first <= seq && seq <= last)
      if (segment) segment.keep = true
    },
    clear: async (current) => {
      const old = all.filter((it) => it != current && it.last <= mark.applied())
      for (const it of old) {
        all.splice(all.indexOf(it), 1)
        await (it.keep ? rename(it.path, it.path + '.aside') : unlink(it.path))
      }
    },
  }
}
