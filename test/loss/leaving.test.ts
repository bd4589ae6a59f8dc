import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, type Browser } from '../kit/browser.ts'
import { engines } from '../kit/find-browsers.ts'
import { leavings, tryLeaving, type Outcome } from './leaving.ts'
import { startReceiver, type Receiver } from './receiver.ts'

/** How often each; `npm run bench` tries 100 times (test/bench/loss.ts). */
const trials = 3

describe.each(engines)('a page in %s', (engine) => {
  let browser: Browser
  let receiver: Receiver
  beforeAll(async () => {
    ;[browser, receiver] = await Promise.all([openBrowser(engine), startReceiver()])
  })
  afterAll(async () => {
    await Promise.all([browser.close(), receiver.close()])
  })

  for (const leaving of leavings.filter((it) => it.engines.includes(engine)))
    test(
      `that is to ${leaving.name} loses no more than is allowed`,
      async () => {
        const sum: Outcome = { finished: 0, arrived: 0, underway: 0, open: 0 }
        for (let trial = 0; trial < trials; trial++) {
          const outcome = await tryLeaving(browser, receiver, leaving, `${leaving.name} ${trial}`)
          for (const key of Object.keys(sum) as (keyof Outcome)[]) sum[key] += outcome[key]
        }
        // A share that is not the whole shows in many trials only; in few, that some arrive.
        const target = leaving.target(engine)
        const least = target < 1 && trials < 30 ? 1 / trials : target
        expect(sum.arrived / sum.finished).toBeGreaterThanOrEqual(least)
        if (leaving.opens ?? true) expect(sum.open / sum.underway).toBeGreaterThanOrEqual(least)
      },
      trials * 20_000,
    )
})
