// show.ts: what was given, in few words.

/** The most of a text that is shown, in UTF-16 units. */
const longest = 60

const article = (word: string) => `${/^[aeiou]/i.test(word) ? 'an' : 'a'} ${word}`

/** Describes any value. @throws where a hostile object does. */
export const show = (value: unknown): string => {
  if (typeof value == 'string')
    return JSON.stringify(value.length > longest ? value.slice(0, longest) + '…' : value)
  if (typeof value == 'bigint') return `the bigint ${value}n`
  if (typeof value == 'symbol' || typeof value == 'function') return article(typeof value)
  if (typeof value != 'object' || !value) return String(value)
  if (Array.isArray(value)) return 'a list'
  const { constructor } = value as { constructor?: { name?: string } }
  return constructor?.name && constructor.name != 'Object' ? article(constructor.name) : 'an object'
}

// How many letters have to be changed, put in or taken out (Levenshtein).
const distance = (one: string, other: string) => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let at = 1; at <= one.length; at++) {
    const next = [at]
    for (let to = 1; to <= other.length; to++) {
      const same = one[at - 1] == other[to - 1] ? 0 : 1
      const { [to]: above = 0, [to - 1]: corner = 0 } = row
      next.push(Math.min(above + 1, next[to - 1]! + 1, corner + same))
    }
    row = next
  }
  return row[other.length]!
}

/** The one of `known` that was probably meant by `name`, if any. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  const all = known.map((it) => [distance(name.toLowerCase(), it.toLowerCase()), it] as const)
  const [best] = all.sort(([one], [other]) => one - other)
  // two: letters that changed places
  return best && best[0] <= (name.length < 4 ? 1 : name.length < 9 ? 2 : 3) ? best[1] : undefined
}
