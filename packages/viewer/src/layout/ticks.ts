// ticks.ts: round numbers along an axis.

/** The steps of 1, 2, 5 times a power of ten that put at most `most` marks on a length. */
const roundStep = (length: number, most: number) => {
  const rough = length / Math.max(1, most)
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 5, 10].find((it) => it * power >= rough) ?? 10) * power
}

/** Round positions within [from, to], at most `most` of them; none where the range is empty. */
export const ticks = (from: number, to: number, most: number): number[] => {
  if (!(to > from) || !isFinite(to - from)) return []
  const step = Math.max(roundStep(to - from, most), Number.EPSILON)
  const found: number[] = []
  for (let n = Math.ceil(from / step); n * step <= to && found.length <= most; n++)
    found.push(n * step)
  return found
}

/** Steps in seconds that clocks are read in. */
const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600]

/** Moments on round local clock times within [from, to], in ms since the Unix epoch, at most `most`. */
export const clockTicks = (from: number, to: number, most: number): number[] => {
  const rough = (to - from) / 1000 / Math.max(1, most)
  const days = Math.max(1, Math.ceil(rough / 86400))
  const step = (clockSteps.find((it) => it >= rough) ?? days * 86400) * 1000
  // local midnight, not Greenwich's, is where a person's day starts
  const zone = new Date(from).getTimezoneOffset() * 60_000
  const found: number[] = []
  for (let at = Math.ceil((from - zone) / step) * step + zone; at <= to; at += step) found.push(at)
  return found
}

/** Powers of ten within [from, to]; both above 0. */
export const decades = (from: number, to: number): number[] => {
  const found: number[] = []
  for (let n = Math.ceil(Math.log10(from) - 1e-9); 10 ** n <= to * (1 + 1e-9); n++)
    found.push(10 ** n)
  return found
}
