// resource-timing.ts: finds the one ResourceTiming entry that belongs to a request, or abstains.

import { onLeave } from './listen.ts'
import { observe } from './observe.ts'

/** Gives the entry, or undefined where none came in time or several requests could own it. */
export type Found = (entry: PerformanceResourceTiming | undefined) => void

/** One request that awaits its entry. */
export interface Awaited {
  /** The response began; `found` is called once, at the latest in 3 s or as the page goes. */
  settle: (found: Found) => void
  /** No entry is wanted any more. */
  cancel: () => void
}

/** How long after its headers a response may take before its span ends without it, in ms. */
const patience = 3000

/** Watches the entries of fetches. The second function ends it and settles what still waits. */
export const watchResources = () => {
  const open = new Set<{ url: string; start: number; resolve: Found }>()

  const expect = (url: string, start: number): Awaited => {
    let found: Found | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let known: [PerformanceResourceTiming | undefined] | undefined
    const request = {
      url,
      start,
      resolve: (entry: PerformanceResourceTiming | undefined) => {
        open.delete(request)
        clearTimeout(timer)
        known = [entry]
        found?.(entry)
        found = undefined
      },
    }
    open.add(request)
    return {
      settle: (callback) => {
        if (known) return callback(known[0])
        found = callback
        timer = setTimeout(() => request.resolve(undefined), patience)
      },
      cancel: () => open.delete(request),
    }
  }
  const settleAll = () => open.forEach(({ resolve }) => resolve(undefined))
  const ends = [
    onLeave(settleAll),
    observe('resource', (entry) => {
      const owners = [...open].filter(
        // an entry starts after the call that caused it; engines coarsen both to 1 ms at most
        ({ url, start }) => url == entry.name && start < entry.startTime + 1,
      )
      const sure = owners.length == 1
      for (const { resolve } of owners)
        resolve(sure ? (entry as PerformanceResourceTiming) : undefined)
    }),
  ]
  return [
    expect,
    () => {
      settleAll()
      for (const end of ends) end()
    },
  ] as const
}
