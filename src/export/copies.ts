// copies.ts: a copy of what waits lies with the platform, which sends it should the page crash.

import type { SpanRecord } from '../trace/record.ts'

/** How soon after its end a copy of a span lies with the platform, in ms. */
const copyDelay = 60

/**
 * @param later leaves a body with the platform, and returns what takes it back.
 * @returns what copies those of `waiting` that have no copy, soon; and what takes all copies back.
 */
export const createCopies = (
  later: ((body: string) => (() => void) | undefined) | undefined,
  encode: (spans: readonly SpanRecord[]) => string,
) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let copied = 0
  let copies: ((() => void) | undefined)[] = []
  const cover = (waiting: () => readonly SpanRecord[]) => {
    if (later)
      timer ??= setTimeout(() => {
        const fresh = waiting().slice(copied)
        timer = undefined
        copied += fresh.length
        if (fresh[0]) copies.push(later(encode(fresh)))
      }, copyDelay)
  }
  const forget = () => {
    copies.forEach((take) => take?.())
    copies = []
    copied = 0
  }
  return [cover, forget] as const
}
