// ids.ts: ids that need no place on the wire: a keyed permutation of a counter (docs/wire.md, "Ids").

/** Ids of one page load. */
export interface Ids {
  /** Four random words of 32 bits, drawn once per page load; whoever knows them knows the ids. */
  seed: readonly number[]
  /** The id of 16 lowercase hex digits that `counter` stands for; of two counters never the same. */
  at: (counter: number) => string
  /** 16 `bytes`: the next trace id, which takes two counters; 8: the next span id. */
  next: (bytes: number) => string
  /** The (first) counter of one of the last ids that were given; undefined for any other. */
  find: (id: string) => number | undefined
}

/** Ids that are remembered: about 200 KiB. Then all are forgotten, and one from before travels as it stands. */
const mostKnown = 2000

/**
 * Ids of a page load, all bits of which look random to whoever does not know `seed` (W3C Trace
 * Context Level 2, "random"): a Feistel network of eight rounds (Luby and Rackoff), each of which
 * multiplies and folds. It mixes; it is no cipher.
 */
export const createIds = (seed: readonly number[]): Ids => {
  let given = 0
  const words = [...seed, ...seed]
  const known = new Map<string, number>()
  const at = (counter: number) => {
    let a = counter
    let b = 0
    for (const word of words) {
      const mixed = Math.imul(a ^ word, 0x85ebca6b)
      const next = b ^ mixed ^ (mixed >>> 16)
      b = a
      a = next
    }
    return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
  }
  return {
    seed,
    at,
    next: (bytes) => {
      const id = at(given) + (bytes > 8 ? at(given + 1) : '')
      if (known.size >= mostKnown) known.clear()
      known.set(id, given)
      given += bytes / 8
      return id
    },
    find: (id) => known.get(id),
  }
}
