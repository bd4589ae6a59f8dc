// A page that lives long holds no more of Lightspan at its end than near its beginning. In Chromium, which
// alone of the three engines lets a test collect garbage and read the heap.

import { expect, test } from 'vitest'
import type { PageGlobals } from '../kit/in-browsers.ts'
import { openBare } from '../kit/open-bare.ts'
import { startSite } from '../kit/site.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }
declare const frames: { live: typeof live; location: Location }[]

/** Navigations and requests, each: as many as are there when the heap is read first, and at the end. */
const early = 1000
const all = 10_000

/** The growth that is allowed: so much, in bytes, or this share of the heap. */
const most = 2 ** 20
const share = 0.02

// The pages of an application, its requests at each, some that fail, and spans of its own.
const live = async (from: number, to: number) => {
  const { tracing } = window
  const beside = 100
  for (let at = from; at < to; at += beside) {
    const requests = Array.from({ length: beside }, async (_, n) => {
      history.pushState({}, '', `/product/${at + n}?n=${at + n}`)
      const work = tracing.startSpan(`work ${at + n}`, { attributes: { at: at + n } })
      const fails = !(n % 25)
      await fetch(fails ? `/api/404?n=${at + n}` : `/api/200?n=${at + n}`)
      if (fails) tracing.recordError(new Error(`${at + n}`))
      work.end()
    })
    await Promise.all(requests)
  }
  await tracing.flush()
  performance.clearResourceTimings()
}

const application = `<script src="/lightspan.js"></script><script src="/lightspan-more.js"></script><script>
  tracing = lightspan.start({ service: 'page', url: '/v1/spans', instrumentations: [
    ...lightspan.everything(), lightspan.resourceSpans(), lightspan.longFrames(),
    lightspan.lifecycleSpans(), lightspan.frustrationSpans() ] })
  live = ${live.toString()}</script>`

test('10,000 navigations and requests leave the heap as 1,000 did', async () => {
  const site = await startSite()
  site.page('/application', application)
  const page = await openBare(
    // In a frame, for the browser's own work for a tab that navigates, 4 ms each time, is more than all else.
    site.page('/', '<iframe src="/application" width="800" height="600"></iframe>'),
    // else it ignores navigations that follow one another that fast
    ['--disable-ipc-flooding-protection'],
  )
  try {
    const heap = async () => {
      // the second takes what finalizers of the first have let go
      for (let time = 0; time < 2; time++) await page.send('HeapProfiler.collectGarbage')
      return ((await page.send('Runtime.getHeapUsage')) as { usedSize: number }).usedSize
    }
    const run = (from: number, to: number) =>
      page.run((first: number, end: number) => frames[0]!.live(first, end), from, to)
    await run(0, early)
    const before = await heap()
    await run(early, all)
    const growth = (await heap()) - before
    console.info(`heap after ${early}: ${before} B, after ${all}: ${growth} B more`)
    expect(site.requests.length).toBe(all)
    expect(await page.run(() => frames[0]!.location.search)).toBe(`?n=${all - 1}`)
    expect(growth).toBeLessThan(Math.max(most, before * share))
  } finally {
    await page.close()
    await site.close()
  }
}, 240_000)
