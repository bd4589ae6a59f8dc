// fixtures.ts: an hour of a small shop, the same every time but for the clock.

import type { TracesData } from 'lightspan/wire'
import { bigTrace, brokenTrace, hostileTrace } from './odd.ts'
import { createChance } from './random.ts'
import { clickBuy, clickProduct, pageLoad } from './shop.ts'

/** The trace that the tests look at closely. */
export const failedTraceId = 'fa11ed'.padEnd(32, '0')
export const slowTraceId = '510c'.padEnd(32, '0')

/** Makes about 70 traces within the hour before `now` (ms since the Unix epoch). */
export const makeTraces = ({ now, big = 5000 }: { now: number; big?: number }): TracesData[] => {
  const chance = createChance(2026)
  const minute = 60_000
  const found: TracesData[] = []
  for (let n = 0; n < 64; n++) {
    const at = now - 4000 - (n + chance.next() * 0.8) * 0.9 * minute
    const what = chance.next()
    if (what < 0.36) found.push(pageLoad(chance, at))
    else if (what < 0.66) found.push(clickProduct(chance, at))
    else if (what < 0.93) found.push(clickBuy(chance, at, { slow: chance.next() < 0.12 }))
    else found.push(clickBuy(chance, at, { fails: true }))
  }
  found.push(
    clickBuy(chance, now - 50_000, { slow: true, id: slowTraceId }),
    clickBuy(chance, now - 95_000, { fails: true, id: failedTraceId }),
    bigTrace(chance, now - 20 * minute, big),
    brokenTrace(chance, now - 31 * minute),
    hostileTrace(chance, now - 40 * minute),
  )
  return found
}
