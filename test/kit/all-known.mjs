// all-known.mjs: the ids of a page that remembers every id there is, by the inverse of the published permutation.

const permute = (key, a, b) => {
  for (const word of key) {
    const mixed = Math.imul(b ^ word, 0x85ebca6b)
    ;[a, b] = [b, a ^ mixed ^ (mixed >>> 16)]
  }
  return [b, a]
}

/** `ids` that find the counter of any id of their seed, as if they had just given it. */
export const allKnown = (ids) => {
  const back = [...ids.seed, ...ids.seed].reverse()
  const counterOf = (id) => {
    const [high, low] = permute(back, parseInt(id.slice(0, 8), 16), parseInt(id.slice(8), 16))
    return high ? undefined : low >>> 0
  }
  const find = (id) => {
    const counter = counterOf(id.slice(0, 16))
    return id.length == 16 || counterOf(id.slice(16)) === counter + 1 ? counter : undefined
  }
  return { ...ids, find }
}
