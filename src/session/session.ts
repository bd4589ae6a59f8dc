// session.ts: who is visiting: an id for a visit, another for the tab, neither in a cookie.

import { listen } from '../browser/listen.ts'
import type { Store } from './store.ts'

/** How long a visit may pause, in ms. */
const defaultIdle = 30 * 60_000

/** How long a visit may last, in ms. */
const defaultLife = 4 * 60 * 60_000

/** Activity is written down this often at most, in ms: storage is synchronous. */
const precision = 10_000

/** What a session is made of; time, chance and place are arguments. */
export interface SessionParts {
  /** The wall clock, in ms since the Unix epoch: a pause counts while the machine sleeps. */
  now: () => number
  random: (bytes: number) => string
  store: Store
  /** How long it may pause, in ms. */
  idle?: number | undefined
  /** How long it may last, in ms. */
  life?: number | undefined
}

/** A visit that has begun. */
export interface Visit {
  id: string
  /** When it began, in ms since the Unix epoch. */
  since: number
  /** The visit before it in this tab. */
  previous: string | undefined
  /** It began in this page. */
  fresh: boolean
}

/** The visits of a tab. */
export interface Session {
  /**
   * Tells two tabs apart, also where one was opened by the other with a copy of its storage: the id
   * lies in storage only between two pages of the tab.
   */
  tab: string
  /** The visit going on; begins one where there is none, or where the last paused or lasted too long. */
  visit: () => Visit
  /** The user did something. */
  touch: () => void
  end: () => void
}

/** Builds the session of this tab. No visit begins before `visit` is called. */
export const createSession = ({
  now,
  random,
  store,
  idle = defaultIdle,
  life = defaultLife,
}: SessionParts): Session => {
  const read = () => {
    const [id, since, last, previous] = store.get('session')?.split(' ') || []
    return [id, +since!, +last!, previous] as const
  }
  let [id, since, last, previous] = read()
  let written = last
  let fresh = false
  // What storage holds may be from somebody else: what is no number never goes on.
  const goes = (time: number) => id && time - last < idle && time - since < life
  const write = () => {
    written = last
    store.set('session', [id, since, last, previous].join(' ').trim())
  }
  const tab = store.get('tab') || random(8)
  store.set('tab', undefined)

  return {
    tab,
    visit: () => {
      const time = now()
      if (!goes(time)) {
        // where tabs share it, it went on in another
        ;[id, since, last, previous] = read()
        fresh = false
      }
      if (!goes(time)) {
        fresh = true
        previous = id
        id = random(16)
        since = last = time
        write()
      }
      return { id: id!, since, previous, fresh }
    },
    touch: () => {
      const time = now()
      // who comes back too late begins anew: the next `visit` will see
      if (!goes(time)) return
      last = time
      if (time - written > precision) write()
    },
    end: listen(globalThis, ['pagehide', 'pageshow'], ({ type }) => {
      const leaves = type == 'pagehide'
      if (leaves && id) write()
      // frames share the tab's storage, but only one of them is the tab
      if (self == top) store.set('tab', leaves ? tab : undefined)
    }),
  }
}
