// applier.ts: brings what the log holds into the store, in groups, in order.

import type { SpanRow } from '../span-row.ts'
import type { Store } from './store.ts'

/** Takes rows in the order of the log. */
export interface Applier {
  add: (seq: number, rows: readonly SpanRow[]) => void
  /** Rows that wait. */
  waiting: () => number
  /** Resolves when everything that waits now is in the store. */
  drained: () => Promise<void>
}

/** Rows in one write of the store: larger groups cost less each, and delay the next. */
const groupRows = 20_480

/** How long rows may gather when little comes, in ms. */
const gatherMs = 50

/** How long to wait after a failed write, in ms. */
const retryMs = 1000

const wait = (ms: number) => new Promise((later) => setTimeout(later, ms))

/**
 * Starts to apply. A write that fails is tried again until it goes well: its spans are acknowledged, and
 * the log holds them until then.
 */
export const createApplier = (
  { write }: Pick<Store, 'write'>,
  onApplied: (seq: number, rows: number, seconds: number) => void,
  onError: (error: Error) => void,
): Applier => {
  let queue: { seq: number; rows: readonly SpanRow[] }[] = []
  let waiting = 0
  let working: Promise<void> | undefined

  const take = () => {
    let rows = 0
    const end = queue.findIndex((it) => (rows += it.rows.length) >= groupRows)
    const group = end < 0 ? queue : queue.slice(0, end + 1)
    queue = end < 0 ? [] : queue.slice(end + 1)
    return group
  }
  const apply = async (rows: readonly SpanRow[]) => {
    for (;;) {
      try {
        return await write(rows)
      } catch (error) {
        onError(error as Error)
        await wait(retryMs)
      }
    }
  }
  const work = async () => {
    while (queue.length) {
      if (waiting < groupRows) await wait(gatherMs)
      const group = take()
      const rows = group.flatMap((it) => it.rows)
      const started = performance.now()
      await apply(rows)
      waiting -= rows.length
      onApplied(group.at(-1)!.seq, rows.length, (performance.now() - started) / 1e3)
    }
    working = undefined
  }
  return {
    add: (seq, rows) => {
      queue.push({ seq, rows })
      waiting += rows.length
      working ??= work()
    },
    waiting: () => waiting,
    drained: async () => {
      while (working) await working
    },
  }
}
