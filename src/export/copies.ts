// copies.ts: a copy of what waits lies with the platform, which sends it should the page crash.

import type { SpanRecord } from '../trace/record.ts'
import type { Transport } from './transport.ts'

/** How soon after its end a copy of a span lies with the platform, in ms. */
const copyDelay = 60

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
  let timer: ReturnType<typeof setTimeout> | undefined
  let copied = 0
  let copies: AbortController[] = []
  const cover = (waiting: () => readonly SpanRecord[]) => {
    if (!transport.own || !fetchLater) return
    timer ??= setTimeout(() => {
      const fresh = waiting().slice(copied)
      timer = undefined
      copied += fresh.length
      if (!fresh[0]) return
      const control = new AbortController()
      try {
        void transport.request(fetchLater, encode(fresh), { signal: control.signal })
        copies.push(control)
      } catch {
        // over the quota: what lies there stays
      }
    }, copyDelay)
  }
  const forget = () => {
    copies.forEach((control) => control.abort())
    copies = []
    copied = 0
  }
  return [cover, forget]
}
