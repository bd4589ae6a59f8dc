// copies.ts: a copy of what waits lies with the platform, which sends it should the page crash.

import type { SpanRecord } from '../trace/record.ts'
import type { Transport } from './transport.ts'

/** Builds the guard: what copies those of `waiting` that have no copy, soon; and what takes all back. */
export type Copies = (
  transport: Transport,
  encode: (spans: readonly SpanRecord[]) => string,
) => readonly [cover: (waiting: () => readonly SpanRecord[]) => void, forget: () => void]

/**
 * Leaves copies with the platform by `fetchLater`, where it has that and the receiver tells a span that
 * comes twice. They are sent should the page end without a word, as in a crash.
 */
export const crashCopies: Copies = (transport, encode) => {
  const { fetchLater } = globalThis as { fetchLater?: typeof fetch }
  let due = false
  // by themselves, not by count: those that waited before them go into flight, or for want of room
  let copied = new WeakSet<SpanRecord>()
  let copies: AbortController[] = []
  const cover = (waiting: () => readonly SpanRecord[]) => {
    if (due || !transport.own || !fetchLater) return
    due = true
    // spans come many at a time
    setTimeout(() => {
      const fresh = waiting().filter((span) => !copied.has(span) && copied.add(span))
      due = false
      if (!fresh[0]) return
      const control = new AbortController()
      try {
        void transport.request(fetchLater, encode(fresh), { signal: control.signal })
        copies.push(control)
      } catch {
        // over the quota: what lies there stays
      }
    })
  }
  const forget = () => {
    copies.forEach((control) => control.abort())
    copies = []
    copied = new WeakSet()
  }
  return [cover, forget]
}
