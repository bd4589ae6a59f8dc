// copies.ts: a copy of what waits lies with the platform, which sends it should the page crash.

import type { SpanRecord } from '../trace/record.ts'
import type { Transport } from './transport.ts'

/** Builds what copies spans, soon; `anew`: and takes all copies back before. Nothing where nothing guards. */
export type Copies = (
  transport: Transport,
  encode: (spans: readonly SpanRecord[]) => string,
) => ((spans: readonly SpanRecord[], anew?: boolean) => void) | undefined

/**
 * Leaves copies with the platform by `fetchLater`, where it has that and the receiver tells a span that
 * comes twice. They are sent should the page end without a word, as in a crash.
 */
export const crashCopies: Copies = (transport, encode) => {
  const { fetchLater } = globalThis as { fetchLater?: typeof fetch }
  if (!fetchLater || !transport.own) return
  let fresh: SpanRecord[] = []
  let control: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const copy = () => {
    timer = undefined
    try {
      // nothing where all has left meanwhile
      if (fresh[0])
        void transport.request(fetchLater, encode(fresh.splice(0)), {
          signal: (control ||= new AbortController()).signal,
        })
    } catch {
      // over the quota: what lies there stays
    }
  }
  return (spans, anew) => {
    if (anew) {
      control = void control?.abort()
      fresh = []
    }
    fresh.push(...spans)
    // spans come many at a time
    timer ??= setTimeout(copy)
  }
}
