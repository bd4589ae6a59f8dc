import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, type Browser } from '../kit/browser.ts'
import { engines } from '../kit/find-browsers.ts'
import { leavings, tryLeaving, type Outcome } from './leaving.ts'
import { startReceiver, type Receiver } from './receiver.ts'

/** How often each; `npm run bench` asks for 100. */
const trials = Number(process.env['LIGHTSPAN_TRIALS'] ?? 3)

// The lower end of Wilson's 95% interval.
const atLeast = (arrived: number, sent: number) => {
  const z = 1.96
  const share = arrived / sent
  const middle = share + z ** 2 / (2 * sent)
  const half = z * Math.sqrt((share * (1 - share)) / sent + z ** 2 / (4 * sent ** 2))
  return (middle - half) / (1 + z ** 2 / sent)
}

const percent = (share: number) => `${(share * 100).toFixed(1)}%`

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
        const share = sum.arrived / sum.finished
        if (trials >= 10)
          console.log(
            `| ${leaving.name} | ${engine} | ${sum.arrived} of ${sum.finished} | ${percent(share)} | ` +
              `${percent(atLeast(sum.arrived, sum.finished))} | ${sum.open} of ${sum.underway} |`,
          )
        // A share that is not the whole shows in many trials only; in few, that some arrive.
        const target = leaving.target(engine)
        expect(share).toBeGreaterThanOrEqual(target < 1 && trials < 30 ? 1 / trials : target)
      },
      trials * 20_000,
    )
})
