// store.ts: a small place that outlives a page and ends with its tab, or else the page's own memory.

import { attempt } from '../browser/attempt.ts'

/** Text under a key. No method throws. */
export interface Store {
  get: (key: string) => string | undefined
  /** `undefined` forgets. */
  set: (key: string, value: string | undefined) => void
}

/** Builds a store; `durable` says whether anything may be stored now. */
export type CreateStore = (durable: () => boolean) => Store

/**
 * Builds a store on `sessionStorage`. Where that is denied, full or `durable` says false, it is memory.
 */
export const createStore: CreateStore = (durable) => {
  const memory = new Map<string, string | undefined>()
  const name = (key: string) => 'lightspan.' + key
  return {
    get: (key) => {
      // what the tab holds is read once: the page's own view of it is what counts from then on
      if (!memory.has(key) && durable())
        attempt(() => memory.set(key, sessionStorage.getItem(name(key)) ?? undefined))
      return memory.get(key) // where that is denied, memory it is
    },
    set: (key, value) => {
      memory.set(key, value)
      // it may be denied or full
      attempt(() => {
        if (value === undefined) sessionStorage.removeItem(name(key))
        else if (durable()) sessionStorage.setItem(name(key), value)
      })
    },
  }
}
