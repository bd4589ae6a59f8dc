// batch-note.ts: what is kept of a batch besides its spans: that it came, and what its sender had lost.

import { createHash } from 'node:crypto'

/** Spans lost at a sender, by reason. */
export type Drops = { [reason: string]: number }

/** What is kept of a batch. It survives structured cloning. */
export interface BatchNote {
  /** 48 bits of its id: those of the same batch are the same. */
  key: number
  /** When it came, in ms since the Unix epoch. */
  at: number
  service: string
  drops: Drops
}

/** Characters of a service's name that are kept with its drops. */
export const longestService = 1000

const mostReasons = 20
const longestReason = 40

/** More than that is no count of spans that one page had. */
const mostLost = 1e9

/** Drops as they may be kept, whatever a sender says: few reasons, short ones, of which none is 0. */
export const boundedDrops = (said: Readonly<Drops>): Drops => {
  const drops = new Map<string, number>()
  Object.entries(said).forEach(([name, count], at) => {
    const reason = at < mostReasons ? name.slice(0, longestReason) : 'other'
    if (count > 0) drops.set(reason, Math.min((drops.get(reason) ?? 0) + count, mostLost))
  })
  return Object.fromEntries(drops)
}

/** The key of what `id`, any text or bytes, is the same for. */
export const keyOf = (id: string | Buffer): number =>
  createHash('sha1').update(id).digest().readUIntBE(0, 6)
