// ids.ts: ids that need no place on the wire: a keyed permutation of a counter (docs/wire.md, "Ids").

/** Ids of one page load. */
export interface Ids {
  /** Four random words of 32 bits, drawn once per page load; whoever knows them knows the ids. */
  seed: readonly number[]
  /** The id of 16 lowercase hex digits that `counter` stands for; of two counters never the same. */
  at: (counter: number) => string
  /** 16 `bytes`: the next trace id, which takes two counters; 8: the next span id. */
  next: (bytes: number) => string
  /** The counter that an id of 16 digits stands for; undefined for an id that is none of ours. */
  find: (id: string) => number | undefined
}

// XTEA (Needham and Wheeler, 1997): a block of two words under a key of four, 64 half-rounds; with
// `sign` -1 the other way.
const permute = (key: readonly number[], block: number[], sign: number): number[] => {
  for (let step = 0; step < 64; step++) {
    const round = sign < 0 ? 63 - step : step
    const odd = round & 1
    const it = block[1 - odd]!
    const sum = Math.imul((round + 1) >> 1, 0x9e3779b9)
    const change = (((it << 4) ^ (it >>> 5)) + it) ^ (sum + key[(odd ? sum >>> 11 : sum) & 3]!)
    block[odd] = (block[odd]! + sign * change) | 0
  }
  return block
}

/**
 * Ids of a page load, all bits of which look random to whoever does not know `seed` (W3C Trace
 * Context Level 2, "random").
 */
export const createIds = (seed: readonly number[]): Ids => {
  const recent = new Map<string, number>() // spares most searches; what is not here is computed
  let counter = 0
  const at = (counter: number) =>
    permute(seed, [0, counter], 1)
      .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
      .join('')
  const draw = () => {
    const id = at(counter)
    if (recent.size > 999) recent.clear()
    recent.set(id, counter++)
    return id
  }
  return {
    seed,
    at,
    next: (bytes) => (bytes > 8 ? draw() : '') + draw(),
    find: (id) => {
      if (recent.has(id)) return recent.get(id)
      const words = [parseInt(id.slice(0, 8), 16), parseInt(id.slice(8), 16)]
      const [high, low] = permute(seed, words, -1)
      return high ? undefined : low! >>> 0
    },
  }
}
