// outbox.ts: what waits on the shelf for its receiver, and how soon that is asked again.

import type { Key } from './browser/left-behind.ts'
import { lease, type Body, type Kept, type Shelf } from './browser/shelf.ts'
import type { Answer } from './export/answer.ts'
import { createPace } from './export/pace.ts'

/** What an outbox works with. */
export interface OutboxParts {
  shelf: Shelf
  /** The address of the receiver. */
  to: string
  /** The receiver tells a span that comes twice. */
  own: boolean
  /** Whether anything may be kept and sent now. */
  may: () => boolean
  post: (body: Body) => Promise<Answer>
  /** Counts the spans of a body as lost, or `count` of them. */
  lose: (reason: string, body: Body, count?: number) => void
}

/** Whether there is no network for sure. */
export const isOffline = (): boolean => (navigator as { onLine?: boolean }).onLine === false

// Sends one body that was claimed.
const settle = async (
  { shelf, own, may, post, lose }: OutboxParts,
  hear: (answer: Answer) => void,
  { key, kept }: { key: Key; kept: Kept },
) => {
  const said = await post(kept.body)
  hear(said)
  if (said.retry) {
    // somebody may have said no meanwhile
    if (may()) await shelf.back(key, kept)
    return
  }
  if (own) await shelf.remove(key)
  if (!said.taken) lose('refused', kept.body)
  else if (said.rejected) lose('rejected', kept.body, said.rejected)
}

// The pace; what hears how a request went; and what hears that there is a network again.
const createHearing = () => {
  const [pause, note] = createPace()
  let unheard = false
  const hear = ({ taken, retry, after }: Answer) => {
    note(taken || !retry, after)
    unheard = !!retry && isOffline()
  }
  // what failed without a network has troubled nobody
  const online = () => {
    if (unheard) note(true)
  }
  return [pause, hear, online] as const
}

/**
 * Keeps bodies, and sends them oldest first: one at a time, none beside a request of the page's, and at a pace of its
 * own, so that a dead endpoint is asked once a minute. Nothing rejects.
 */
export const createOutbox = (parts: OutboxParts) => {
  const { shelf, to, own, may } = parts
  const [pause, hear, online] = createHearing()
  let timer: ReturnType<typeof setTimeout> | undefined
  let stored = 0 // times that something was put there, or found
  let busy = false
  let flying = 0
  const arm = (wait = pause()) => {
    if (stored && may()) timer ??= setTimeout(drain, Math.max(wait, 0))
  }
  const note = (kept: boolean) => {
    stored += +kept
    arm()
    return kept
  }
  // Sends as much as it can; how long to wait before there is more to send.
  const send = async () => {
    while (stored && may() && pause() <= 0) {
      const before = stored
      await shelf.tidy()
      const claim = await shelf.claim(to, own)
      if (!claim?.first && (!claim || claim.leased)) return lease
      if (claim.first) await settle(parts, hear, claim.first)
      else if (stored == before) stored = 0
    }
    return pause()
  }
  const drain = async (): Promise<void> => {
    timer = void clearTimeout(timer)
    // whoever is at it comes back to what waits
    if (busy || flying) return
    busy = true
    const wait = await send()
    busy = false
    if (stored) arm(wait)
    else shelf.close()
  }
  return {
    pause,
    /** Nobody is to be asked just now. */
    waits: () => busy || pause() > 0,
    /** Hears how a request of the page's goes. */
    watch: async (answer: Promise<Answer>): Promise<Answer> => {
      flying++
      const said = await answer
      flying--
      hear(said)
      arm()
      return said
    },
    /** Whether it is kept. */
    keep: async (body: Body): Promise<boolean> => note(await shelf.put(to, body)),
    /** Keeps it at once, as the page goes; but two pages that gather it at once may send it twice. Whether it is kept. */
    leave: (body: Body): boolean => own && note(shelf.leave(to, body)),
    /** Sends what an earlier page has left. */
    look: async (): Promise<boolean> => note(await shelf.look()),
    /** There is a network again. */
    online: (): void => {
      online()
      void drain()
    },
    end: (): void => {
      stored = 0
      timer = void clearTimeout(timer)
    },
  }
}

/** Sends what waits. */
export type Outbox = ReturnType<typeof createOutbox>
