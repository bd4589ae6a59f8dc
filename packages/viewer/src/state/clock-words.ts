// clock-words.ts: clocks that differ, in words.

import type { ServiceClock } from '../api/model.ts'
import { formatDuration, fromMilliseconds } from '../layout/duration.ts'

/** Clocks that differ by less are as good as one, in ms. */
const tolerance = 100

/** Services that are named; of the others, how many there are. */
const mostNamed = 3

const text = (ms: number) => formatDuration(fromMilliseconds(Math.abs(ms)))

const side = (ms: number) => (ms < 0 ? 'ahead' : 'behind')

/**
 * Which clocks of a trace were taken to differ from that of the root's service, those that do so most first:
 * `orders about 3 m 0 s ahead`. Undefined where none was.
 */
export const differingClocks = (clocks: readonly ServiceClock[]): string | undefined => {
  const differ = clocks
    .flatMap(({ service, shift = 0 }) => (Math.abs(shift) > tolerance ? [{ service, shift }] : []))
    .sort((a, b) => Math.abs(b.shift) - Math.abs(a.shift))
  if (!differ.length) return
  const named = differ
    .slice(0, mostNamed)
    .map(({ service, shift }) => `${service} about ${text(shift)} ${side(shift)}`)
  const others = differ.length - named.length
  return [...named, ...(others ? [`${others} more`] : [])].join(', ')
}

/** How a service's clock stands to the collector's, where that matters and is certain; else undefined. */
export const clockOf = (clocks: readonly ServiceClock[], service: string): string | undefined => {
  const { offset, uncertainty = 0, atMost = 0 } = clocks.find((it) => it.service == service) ?? {}
  if (offset !== undefined)
    return Math.abs(offset) > Math.max(tolerance, uncertainty)
      ? `${text(offset)} ${side(offset)} ${offset < 0 ? 'of ' : ''}the collector's, ± ${text(uncertainty)}`
      : undefined
  return atMost < -tolerance ? `at least ${text(atMost)} ahead of the collector's` : undefined
}
