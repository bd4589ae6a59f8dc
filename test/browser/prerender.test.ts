// A page that Chromium really prerenders, by speculation rules. Other drivers than its own turn that off.

import { expect, test, vi } from 'vitest'
import { findBrowser, findChromeDriver } from '../kit/find-browsers.ts'
import type { PageGlobals } from '../kit/in-browsers.ts'
import { quiet } from '../kit/open-chromium.ts'
import { startSite } from '../kit/site.ts'
import { startDriver } from '../kit/webdriver.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

const rules = JSON.stringify({ prerender: [{ urls: ['/next'], eagerness: 'immediate' }] })

// What it does before anybody sees it, and, when all of that has been tried to be sent, what it finds stored.
const next = `<script src="/lightspan.js"></script><script>
  tracing = lightspan.start({ service: 'page', url: '/v1/spans' })
  tracing.span('work', () => fetch('/api/200?early=' + document.prerendering))
    .then(() => tracing.flush())
    .then(() => fetch('/api/200?stored=' + Object.keys(sessionStorage).filter((key) => /lightspan/.test(key))))
  document.addEventListener('prerenderingchange', () => setTimeout(() => tracing.flush(), 500))
</script>next`

test('what is prerendered sends and stores nothing until it is shown, and begins then', async () => {
  const site = await startSite()
  const driver = await startDriver(findChromeDriver(), [], {
    'goog:chromeOptions': { binary: findBrowser('chromium'), args: ['--headless', ...quiet] },
  })
  try {
    const tab = await driver.tab()
    try {
      site.page('/next', next)
      const first = site.page(
        '/',
        `<script type="speculationrules">${rules}</script><a id="a" href="/next">on</a>`,
      )
      await tab.go(first)
      const asked = (query: string) =>
        vi.waitFor(
          () => expect(site.requests.map(({ url }) => url)).toContain(`/api/200?${query}`),
          {
            timeout: 10_000,
          },
        )
      await asked('early=true')
      await asked('stored=')
      expect(site.batches).toEqual([])

      await tab.click('#a')
      const load = await site.span('page load')
      const [activation, stored] = await tab.run(() => {
        const [entry] = performance.getEntriesByType('navigation')
        const { activationStart } = entry as PerformanceEntry & { activationStart: number }
        return [
          activationStart && performance.timeOrigin + activationStart,
          Object.keys(sessionStorage).includes('lightspan.session'),
        ] as const
      })
      expect(activation).toBeGreaterThan(0)
      expect(stored).toBe(true)
      expect(Math.abs(load.start - activation)).toBeLessThan(2)
      expect(load.attributes).toMatchObject({
        'lightspan.navigation.prerendered': true,
        'session.id': expect.stringMatching(/^[\da-f]{32}$/) as string,
      })
      const work = await site.span('work')
      expect(work.attributes['session.id']).toBe(load.attributes['session.id'])
      expect(site.requests.filter(({ url }) => /early/.test(url))).toHaveLength(1)
      expect(await tab.run(() => location.pathname + !!window.tracing)).toBe('/nexttrue')
    } finally {
      await tab.close()
    }
  } finally {
    await driver.close()
    await site.close()
  }
})
