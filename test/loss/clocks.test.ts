// A page and a real collector: what each tells the other of its clock, and what the page is asked to record.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, type Browser } from '../kit/browser.ts'
import { startCollector, type TestCollector } from '../kit/collector.ts'
import { engines } from '../kit/find-browsers.ts'
import type { PageGlobals } from '../kit/in-browsers.ts'
import { flatten } from '../kit/received.ts'
import { startReceiver, type Receiver } from './receiver.ts'

declare const window: Window & PageGlobals

const hour = 3600e3

let collector: TestCollector
let site: Receiver
beforeAll(async () => {
  const args = ['--sample', 'silent=0,*=1']
  ;[collector, site] = await Promise.all([startCollector({ args }), startReceiver()])
})
afterAll(async () => {
  await Promise.all([collector.stop(), site.close()])
  await collector.clean()
})

// In the page: a span, the answer to it, and another one. Its clock is `ahead` of the machine's, in ms.
const live = async (service: string, url: string, ahead: number) => {
  const origin = performance.timeOrigin + ahead
  const { now } = Date
  Date.now = () => now() + ahead
  Object.defineProperty(performance, 'timeOrigin', { value: origin, configurable: true })
  const tracing = window.lightspan.start({ service, url, instrumentations: [] })
  const work = async (name: string) => {
    const span = tracing.startSpan(name, { parent: null })
    span.end()
    await tracing.flush()
    return { traceId: span.traceId, recorded: !!(span.flags & 1) }
  }
  return [await work('before'), await work('after')] as const
}

describe.each(engines)('a page in %s', (engine) => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser(engine)
  })
  afterAll(() => browser.close())

  const visit = async (service: string, ahead: number) => {
    const tab = await browser.tab()
    try {
      await tab.go(`${site.origin}/start`)
      return await tab.run(live, service, `${collector.url}/v1/spans`, ahead)
    } finally {
      await tab.close()
    }
  }
  const stored = async ({ traceId }: { traceId: string }) =>
    flatten(await collector.trace(traceId))[0]!

  test('whose clock is an hour ahead says by how much, and its times stay as measured', async () => {
    const [before, after] = await visit('shop', hour)
    expect((await stored(before)).resource).not.toHaveProperty('lightspan.clock.offset')
    const { resource, start } = await stored(after)
    const offset = resource['lightspan.clock.offset'] as number
    const uncertainty = resource['lightspan.clock.uncertainty'] as number
    expect(uncertainty).toBeGreaterThanOrEqual(0)
    // one more for what is rounded
    expect(Math.abs(offset + hour)).toBeLessThanOrEqual(uncertainty + 1)
    expect(start - Date.now()).toBeGreaterThan(hour - 60_000)
  })

  test('records as many new traces as the collector asks for', async () => {
    const of = (all: readonly { recorded: boolean }[]) => all.map(({ recorded }) => recorded)
    expect(of(await visit('silent', 0))).toEqual([true, false])
    expect(of(await visit('shop', 0))).toEqual([true, true])
  })
})
