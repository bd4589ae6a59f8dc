// random.ts: chance that is the same every time.

export interface Chance {
  /** 0 <= x < 1 */
  next: () => number
  between: (low: number, high: number) => number
  /** Mostly near `typical`, sometimes much more: what durations look like. */
  around: (typical: number) => number
  hex: (digits: number) => string
  pick: <T>(from: readonly T[]) => T
}

/** mulberry32. */
export const createChance = (seed: number): Chance => {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const between = (low: number, high: number) => low + next() * (high - low)
  return {
    next,
    between,
    around: (typical) => typical * Math.exp((next() + next() + next() - 1.5) * 0.9),
    hex: (digits) =>
      Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join(''),
    pick: (from) => from[Math.floor(next() * from.length)] as (typeof from)[number],
  }
}
