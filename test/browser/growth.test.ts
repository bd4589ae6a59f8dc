// A page that lives long holds no more of Lightspan at its end than near its beginning. In Chromium, which
// alone of the three engines lets a test collect garbage and read the heap.

import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { findBrowser } from '../kit/find-browsers.ts'
import type { PageGlobals } from '../kit/in-browsers.ts'
import { quiet } from '../kit/open-chromium.ts'
import { startSite } from '../kit/site.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

/** Navigations and requests, each: as many as are there when the heap is read first, and at the end. */
const early = 1000
const all = 10_000

/** The growth that is allowed: so much, in bytes, or this share of the heap. */
const most = 2 ** 20
const share = 0.02

// The pages of an application, its requests at each, some that fail, and spans of its own.
const live = async (from: number, to: number) => {
  const { tracing } = window
  const beside = 25
  for (let at = from; at < to; at += beside) {
    const requests = Array.from({ length: beside }, async (_, n) => {
      history.pushState({}, '', `/product/${at + n}?n=${at + n}`)
      const work = tracing.startSpan(`work ${at + n}`, { attributes: { at: at + n } })
      await fetch(n ? `/api/200?n=${at + n}` : `/api/404?n=${at}`)
      if (!n) tracing.recordError(new Error(`${at}`))
      work.end()
    })
    await Promise.all(requests)
  }
  await tracing.flush()
  performance.clearResourceTimings()
}

test('10,000 navigations and requests leave the heap as 1,000 did', async () => {
  const site = await startSite()
  const browser = await chromium.launch({
    executablePath: findBrowser('chromium'),
    // else it ignores navigations that follow one another that fast
    args: [...quiet, '--disable-ipc-flooding-protection'],
  })
  try {
    const page = await browser.newPage()
    await page.goto(
      site.page(
        '/',
        `<script src="/lightspan.js"></script><script src="/lightspan-more.js"></script><script>
        tracing = lightspan.start({ service: 'page', url: '/v1/spans', instrumentations: [
          ...lightspan.everything(), lightspan.resourceSpans(), lightspan.longFrames(),
          lightspan.lifecycleSpans(), lightspan.frustrationSpans() ] })</script>`,
      ),
    )
    const client = await page.context().newCDPSession(page)
    const heap = async () => {
      // the second takes what finalizers of the first have let go
      for (let time = 0; time < 2; time++) await client.send('HeapProfiler.collectGarbage')
      return (await client.send('Runtime.getHeapUsage')).usedSize
    }
    const run = (from: number, to: number) => page.evaluate(`(${live.toString()})(${from}, ${to})`)
    await run(0, early)
    const before = await heap()
    await run(early, all)
    const growth = (await heap()) - before
    console.info(`heap after ${early}: ${before} B, after ${all}: ${growth} B more`)
    expect(site.requests.length).toBe(all)
    expect(await page.evaluate(() => location.search)).toBe(`?n=${all - 1}`)
    expect(growth).toBeLessThan(Math.max(most, before * share))
  } finally {
    await browser.close()
    await site.close()
  }
}, 240_000)
