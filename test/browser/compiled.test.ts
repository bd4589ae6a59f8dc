// What runs as a page starts is compiled with the script, as the build has found out without a browser. In Chromium, which
// tells which functions it has called.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openBare } from '../kit/open-bare.ts'
import { startSite } from '../kit/site.ts'

interface Coverage {
  result: {
    url: string
    functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[]
  }[]
}

/** Functions from this length on are behind a parenthesis if they run at the start, in UTF-16 units. */
const long = 150

test('the functions that a page calls as it starts are compiled with the script, and few others', async () => {
  const script = readFileSync('dist/lightspan.js', 'utf8')
  const site = await startSite()
  const page = await openBare(site.page('/', ''), [])
  try {
    await page.send('Profiler.enable')
    await page.send('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
    await page.run(async () => {
      const tag = document.createElement('script')
      tag.src = '/lightspan.js'
      tag.dataset['service'] = 'page'
      await new Promise((done) => {
        tag.onload = done
        document.head.append(tag)
      })
    })
    const { result } = (await page.send('Profiler.takePreciseCoverage')) as Coverage
    const { functions } = result.find(({ url }) => url.endsWith('/lightspan.js'))!
    const seen = functions
      .map(({ ranges: [whole] }) => whole!)
      .filter(({ startOffset, endOffset }) => endOffset - startOffset >= long)
    const atOnce = ({ startOffset, endOffset }: (typeof seen)[number]) =>
      script[startOffset - 1] == '(' && script[endOffset] == ')'
    const called = seen.filter(({ count }) => count)
    const compiled = seen.filter(atOnce)
    console.info(
      `${called.length} called, ${called.filter(atOnce).length} of them compiled at once; ${compiled.length} compiled`,
    )
    expect(called.length).toBeGreaterThan(30)
    expect(called.filter(atOnce).length / called.length).toBeGreaterThan(0.85)
    expect(compiled.filter(({ count }) => count).length / compiled.length).toBeGreaterThan(0.85)
  } finally {
    await page.close()
    await site.close()
  }
}, 60_000)
