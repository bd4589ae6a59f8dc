// colours.ts: which service has which colour.

/** How many service colours the style sheet knows: `--service-0` and on. */
export const colourCount = 8

// FNV-1a: the same name gets the same colour on every machine.
const hash = (text: string) => {
  let value = 0x811c9dc5
  for (let n = 0; n < text.length; n++) value = Math.imul(value ^ text.charCodeAt(n), 0x01000193)
  return value >>> 0
}

/**
 * Gives each name a colour number: its own by hash, or the next one free, so that colours meet only
 * when there are more services than colours. Names in `given` keep theirs.
 */
export const assignColours = (
  names: Iterable<string>,
  given: ReadonlyMap<string, number> = new Map(),
): Map<string, number> => {
  const colours = new Map(given)
  const free = new Set(Array.from({ length: colourCount }, (_, n) => n))
  for (const colour of colours.values()) free.delete(colour)
  for (const name of [...new Set(names)].sort()) {
    if (colours.has(name)) continue
    let colour = hash(name) % colourCount
    while (free.size && !free.has(colour)) colour = (colour + 1) % colourCount
    free.delete(colour)
    colours.set(name, colour)
  }
  return colours
}
