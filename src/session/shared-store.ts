// shared-store.ts: one session for all tabs of an origin, in `localStorage`.

import { attempt } from '../browser/attempt.ts'
import { createStore, type CreateStore } from './store.ts'

const key = 'lightspan.session'

// A session is written as its id, when it began, and when somebody last did something.
const lastOf = (text: string | null | undefined) => +(text?.split(' ')[2] || 0)

/**
 * A store for the option `session: { store: sharedStore }`: all tabs of the origin are one session, which
 * outlives them until it has paused for too long; each keeps its tab id. Only where the user has agreed
 * (`consent` is `granted`) and Global Privacy Control is off; where `localStorage` is denied or full, each
 * tab has a session of its own, as without it.
 */
export const sharedStore: CreateStore = (durable) => {
  const own = createStore(durable)
  const shared = () => (durable() ? attempt(() => localStorage.getItem(key)) : undefined)
  return {
    get: (name) => (name == 'session' && shared()) || own.get(name),
    set: (name, value) => {
      own.set(name, value)
      if (name != 'session') return
      attempt(() => {
        if (value === undefined) localStorage.removeItem(key)
        // a tab that was forgotten for hours, and goes now, must not bring its session back
        else if (durable() && lastOf(value) >= lastOf(shared())) localStorage.setItem(key, value)
      })
    },
  }
}
