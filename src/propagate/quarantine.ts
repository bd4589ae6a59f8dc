// quarantine.ts: origins that trace context seems to break, and that get none any more.

/** What is remembered of one visit. */
export interface Quarantine {
  may: (origin: string) => boolean
  /** How a request with our headers went; `false`: it failed before any response. */
  heard: (origin: string, answered: boolean) => void
}

/** Origins that are remembered to have answered, at most. */
const most = 500

/**
 * An origin whose first answers to our headers are failures may be one that refuses them (CORS). The
 * request is never sent again by us: the app sees its failure, and the next one goes without headers.
 * @param known origins in quarantine from before, between spaces.
 */
export const createQuarantine = (known: string, save: (origins: string) => void): Quarantine => {
  const refused = new Set(known.split(' '))
  const proven = new Set<string>()
  return {
    may: (origin) => !refused.has(origin),
    heard: (origin, answered) => {
      if (proven.size > most) proven.clear()
      if (answered) proven.add(origin)
      else if (!proven.has(origin)) save([...refused.add(origin)].join(' '))
    },
  }
}
