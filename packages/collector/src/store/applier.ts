// applier.ts: brings what the log holds into the store, in groups, in order.

import type { BatchNote } from '../batch-note.ts'
import type { SpanRow } from '../span-row.ts'
import type { Store } from './store.ts'

/** The rows of one record of the log. */
export interface Entry {
  seq: number
  rows: readonly SpanRow[]
  /** Memory that they take until they are in the store, in bytes. */
  weight: number
  /** What is kept of the batch besides; none where it came before, or is none. */
  note?: BatchNote | undefined
}

/** Takes entries in the order of the log. */
export interface Applier {
  add: (entry: Entry) => void
  /** Rows that wait. */
  waiting: () => number
  /** Resolves when everything that waits now is in the store. */
  drained: () => Promise<void>
}

/** What the applier works on, and whom it tells. */
export interface ApplierParts {
  store: Pick<Store, 'write' | 'probe'>
  /** Everything up to the last entry's `seq` is durable in the store. */
  onApplied: (entries: readonly Entry[], seconds: number) => Promise<void>
  /** A write failed; it is tried again. */
  onError: (error: Error) => void
  /** The store works, but does not take this one: it is left out. */
  onPoison: (entry: Entry, error: Error) => void
}

/** Rows in one write of the store: larger groups cost less each, and delay the next. */
const groupRows = 20_480

/** How long rows may gather at least when little comes, in ms. */
const gatherMs = 50

/** A write looks for earlier copies of its spans, whatever its size: it may take a fifth of the time. */
const restPerWrite = 4
const longestGatherMs = 1000

/** How long to wait after a failed write, in ms. */
const retryMs = 1000

/** How often one entry is tried while the store itself works. */
const mostTries = 3

const wait = (ms: number) => new Promise((later) => setTimeout(later, ms))

const rowsOf = (entries: readonly Entry[]) => entries.flatMap(({ rows }) => rows)
const notesOf = (entries: readonly Entry[]) => entries.flatMap(({ note }) => note ?? [])

// Writes until it goes well: the spans are acknowledged, and the log holds them until then.
const createInsistence = ({ store, onError, onPoison }: Omit<ApplierParts, 'onApplied'>) => {
  const works = () =>
    store.probe().then(
      () => true,
      () => false,
    )
  const insist = async (entries: readonly Entry[]): Promise<void> => {
    for (let tries = 1; ; tries++) {
      try {
        return await store.write(rowsOf(entries), notesOf(entries))
      } catch (error) {
        onError(error as Error)
        if (entries.length > 1) {
          // One of them may be what the store cannot take; then the others can still go.
          const half = entries.length >> 1
          await insist(entries.slice(0, half))
          return insist(entries.slice(half))
        }
        if (tries >= mostTries && (await works())) return onPoison(entries[0]!, error as Error)
        await wait(retryMs)
      }
    }
  }
  return insist
}

/** Starts to apply. */
export const createApplier = (parts: ApplierParts): Applier => {
  const insist = createInsistence(parts)
  let queue: Entry[] = []
  let waiting = 0
  let working: Promise<void> | undefined
  let lastMs = 0

  const take = () => {
    let rows = 0
    const end = queue.findIndex((it) => (rows += it.rows.length) >= groupRows)
    const group = end < 0 ? queue : queue.slice(0, end + 1)
    queue = end < 0 ? [] : queue.slice(end + 1)
    return group
  }
  const work = async () => {
    while (queue.length) {
      if (waiting < groupRows)
        await wait(Math.min(longestGatherMs, Math.max(gatherMs, restPerWrite * lastMs)))
      const group = take()
      const started = performance.now()
      await insist(group)
      lastMs = performance.now() - started
      waiting -= group.reduce((sum, { rows }) => sum + rows.length, 0)
      await parts.onApplied(group, lastMs / 1e3)
    }
    working = undefined
  }
  return {
    add: (entry) => {
      queue.push(entry)
      waiting += entry.rows.length
      working ??= work()
    },
    waiting: () => waiting,
    drained: async () => {
      while (working) await working
    },
  }
}
