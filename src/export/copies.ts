// copies.ts: a copy of what waits lies with the platform, which sends it should the page crash.

import type { SpanRecord } from '../trace/record.ts'
import type { Transport } from './transport.ts'

/**
 * Builds the guard: what copies a span, soon; and what takes all copies back, for those of `waiting` to be copied
 * anew. Neither where nothing guards.
 */
export type Copies = (
  transport: Transport,
  encode: (spans: readonly SpanRecord[]) => string,
  waiting: () => readonly SpanRecord[],
) => readonly [cover?: (span: SpanRecord) => void, renew?: () => void]

/**
 * Leaves copies with the platform by `fetchLater`, where it has that and the receiver tells a span that
 * comes twice. They are sent should the page end without a word, as in a crash.
 */
export const crashCopies: Copies = (transport, encode, waiting) => {
  const { fetchLater } = globalThis as { fetchLater?: typeof fetch }
  if (!fetchLater || !transport.own) return []
  let fresh: SpanRecord[] = []
  let control = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const copy = () => {
    const spans = fresh
    timer = undefined
    fresh = []
    try {
      void transport.request(fetchLater, encode(spans), { signal: control.signal })
    } catch {
      // over the quota: what lies there stays
    }
  }
  // spans come many at a time
  const arm = () => {
    if (fresh[0]) timer ??= setTimeout(copy)
  }
  return [
    (span) => {
      fresh.push(span)
      arm()
    },
    () => {
      control.abort()
      control = new AbortController()
      fresh = [...waiting()]
      arm()
    },
  ]
}
