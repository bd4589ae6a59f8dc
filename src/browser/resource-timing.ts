// resource-timing.ts: finds the one ResourceTiming entry that belongs to a request, or abstains.

import { listen, onLeave } from './listen.ts'
import { observe } from './observe.ts'

/** Gives the entry, or undefined where none came in time or several requests could own it. */
export type Found = (entry: PerformanceResourceTiming | undefined) => void

/** One request that awaits its entry. */
export interface Awaited {
  /** The response began; `found` is called once, at the latest in 3 s or as the page goes. */
  settle: (found: Found) => void
}

/** How long after its headers a response may take before its span ends without it, in ms: once or twice this. */
const patience = 1500

/** How long after the call an entry may start where several calls ask for one URL, in ms. */
const close = 50

interface Open {
  /** What asks, as entries call it (`fetch`, `xmlhttprequest`), and the URL. */
  of: string
  start: number
  /** How often the time was up since its response began. */
  settled?: number
  resolve: Found
  gone: () => void
}

// Requests that await their entry. One timer for all: entries mostly come at once, and a timer for each
// would cost more than the rest.
const createOpen = () => {
  const open = new Set<Open>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const arm = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      for (const request of open)
        if (request.settled) {
          arm()
          if (request.settled++ > 1) request.resolve(undefined)
        }
    }, patience)
  }
  const expect = (of: string, start: number, gone: () => void): Awaited => {
    let found: Found | undefined
    let known: [PerformanceResourceTiming | undefined] | undefined
    const request: Open = {
      of,
      start,
      gone,
      resolve: (entry) => {
        known = [entry]
        if (!found) return
        open.delete(request)
        found(entry)
        found = undefined
      },
    }
    open.add(request)
    return {
      settle: (callback) => {
        request.settled = 1
        found = callback
        if (known) request.resolve(known[0])
        else arm()
      },
    }
  }
  return [open, expect, () => clearTimeout(timer)] as const
}

const createWatch = ({ later }: { later: (work: () => void) => void }) => {
  const [open, expect, rest] = createOpen()
  const settleAll = () => open.forEach(({ resolve, settled }) => settled && resolve(undefined))
  const owners = ({ name, startTime, initiatorType }: PerformanceResourceTiming) => {
    // an entry starts after the call that caused it; engines coarsen both to 1 ms at most
    const all = [...open].filter(
      ({ of, start }) => of == initiatorType + name && start < startTime + 1,
    )
    const near = all.filter(({ start }) => start > startTime - close)
    return near.length ? near : all
  }
  const ends = [
    // after what came before
    onLeave(() => later(settleAll)),
    listen(globalThis, ['pagehide'], () =>
      later(() => open.forEach(({ gone, settled }) => settled || gone())),
    ),
    observe(
      ['resource'],
      (entries) =>
        later(() => {
          for (const entry of entries as PerformanceResourceTiming[]) {
            const all = owners(entry)
            for (const { resolve } of all) resolve(all.length == 1 ? entry : undefined)
          }
        }),
      { buffered: false },
    ),
  ]
  const end = () => {
    settleAll()
    for (const end of ends) end()
    rest()
    open.clear()
  }
  return [expect, end] as const
}

type Watch = ReturnType<typeof createWatch>

/**
 * Watches the entries of requests: one watch for all instrumentations of a page, for each observer takes its time for
 * each entry.
 * @param page `later` does what the page need not wait for; the watch is kept in `requests`.
 * @returns how to await the entry of an initiator type and a URL, the one behind the other (`gone` is called where the
 *   page goes before there was an answer), and the end, which settles what still waits.
 */
export const watchResources = (
  page: Parameters<typeof createWatch>[0] & { requests?: unknown },
): Watch => (page.requests ??= createWatch(page)) as Watch
