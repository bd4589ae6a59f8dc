// follow.ts: asks again for what may still be arriving: each service sends its spans when it suits it.

import { effect, signal, type ReadonlySignal } from '@preact/signals'

/** How often it asks, in ms. */
const every = 1000

interface Parts {
  /** ms since the Unix epoch. */
  now: () => number
  page: Pick<Document, 'hidden'>
  /** Until when there may be news, in ms since the Unix epoch. */
  until: ReadonlySignal<number>
  ask: () => void
}

/** Calls `ask` every second until then, while the page is seen. Says whether it still does. */
export const createFollow = ({ now, page, until, ask }: Parts): ReadonlySignal<boolean> => {
  const following = signal(false)
  effect(() => {
    const end = until.value
    following.value = now() < end
    if (now() >= end) return
    const timer = setInterval(() => {
      if (now() < end) return page.hidden || ask()
      clearInterval(timer)
      following.value = false
    }, every)
    return () => clearInterval(timer)
  })
  return following
}
