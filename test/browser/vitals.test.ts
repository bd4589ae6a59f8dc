// Web vitals are those of the `web-vitals` library, on the same page, in the same engine.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { describeInBrowsers, type Ground, type PageGlobals } from '../kit/in-browsers.ts'
import type { ReceivedSpan } from '../kit/received.ts'

interface Vital {
  name: string
  value: number
  delta: number
  rating: string
  navigationType: string
}

declare const window: Window &
  PageGlobals & { tracing: import('lightspan').Lightspan; theirs: Vital[] }

const library = readFileSync(
  fileURLToPath(new URL('../../node_modules/web-vitals/dist/web-vitals.iife.js', import.meta.url)),
  'utf8',
)

// Its listeners come first, as ours must not depend on being first.
const watch = `<script>${library}</script><script>theirs = [];
for (const on of ['onCLS', 'onFCP', 'onINP', 'onLCP', 'onTTFB'])
  webVitals[on](({ name, value, delta, rating, navigationType }) =>
    theirs.push({ name, value, delta, rating, navigationType }), { reportSoftNavs: true })</script>`

const shop = `<style>#more { height: 40px } button { padding: 20px }</style>
<h1>A shop with a heading that is large enough to be seen</h1><div id="more"></div><p>text below</p>
<button id="slow">slow</button><button id="go">go</button><input id="name">
<script>
const busy = (ms) => { for (const end = performance.now() + ms; performance.now() < end;); }
slow.onclick = () => busy(90)
go.onclick = () => { busy(20); history.pushState({}, '', '/soft/' + ++clicks)
  more.innerHTML = '<h2>Another page of it with a heading of its own, and ' + 'words '.repeat(20 * clicks) + '</h2>' }
document.getElementById('name').onkeydown = () => busy(50)
let clicks = 0
</script>`

// A page that seems to go at once after it was hidden sends the same spans again.
const once = (spans: readonly ReceivedSpan[]) => [
  ...new Map(spans.map((span) => [span.spanId, span])).values(),
]

const vitalsOf = (spans: readonly ReceivedSpan[]): Vital[] =>
  once(spans).flatMap(({ events }) =>
    events
      .filter(({ name }) => name == 'browser.web_vital')
      .map(({ attributes: it }) => ({
        name: `${it['browser.web_vital.name']}`.toUpperCase(),
        value: Number(it['browser.web_vital.value']),
        delta: Number(it['browser.web_vital.delta']),
        rating: `${it['browser.web_vital.rating']}`,
        navigationType: `${it['browser.web_vital.navigation_type']}`,
      })),
  )

// In the order of views, then of names: who tells first does not matter.
const sorted = (vitals: readonly Vital[]) =>
  [...vitals].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))

const close = (vitals: readonly Vital[]) =>
  vitals.map((it) => ({
    ...it,
    value: expect.closeTo(it.value, 2) as number,
    delta: expect.closeTo(it.delta, 2) as number,
  }))

const frames = (tab: Ground['tab'], ms: number) =>
  tab.run(
    (time: number) => new Promise((done) => requestAnimationFrame(() => setTimeout(done, time))),
    ms,
  )

// Headless tabs are never hidden by themselves.
const hide = (tab: Ground['tab'], state: 'hidden' | 'visible') =>
  tab.run((to: string) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: to })
    dispatchEvent(new Event('visibilitychange'))
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }, state)

describeInBrowsers('web vitals', (ground, engine) => {
  const openShop = async () => {
    const { open, start, tab } = ground()
    await open(watch + shop)
    await start(['loadSpans', 'interactionSpans', 'navigationSpans', 'webVitals'])
    await frames(tab, 50)
  }
  const compare = async (least: number) => {
    const { site, tab, flush } = ground()
    await frames(tab, 150)
    await hide(tab, 'hidden')
    await flush()
    const theirs = sorted(await tab.run(() => window.theirs))
    expect(theirs.length).toBeGreaterThanOrEqual(least)
    const ours = sorted(vitalsOf(await site.until((all) => vitalsOf(all).length >= theirs.length)))
    return { theirs, ours }
  }
  test('of a load are the same as those of the library, in name, value, delta and rating', async () => {
    const { tab } = ground()
    await openShop()
    await tab.run(() => {
      const more = document.querySelector<HTMLElement>('#more')!
      more.style.height = '140px'
    })
    await frames(tab, 100)
    await tab.click('#slow')
    await frames(tab, 50)
    await tab.click('#slow')
    await frames(tab, 50)
    const { ours, theirs } = await compare(engine == 'webkit' ? 2 : engine == 'firefox' ? 3 : 5)
    expect(ours).toEqual(close(theirs))
  })

  test('that grow after a page was hidden are told again, by what has come', async () => {
    const { tab, flush } = ground()
    await openShop()
    await tab.click('#slow')
    await frames(tab, 150)
    await hide(tab, 'hidden')
    await flush()
    await hide(tab, 'visible')
    await tab.run(() => {
      const more = document.querySelector<HTMLElement>('#more')!
      return new Promise((done) =>
        setTimeout(() => {
          more.style.height = '240px'
          setTimeout(done, 100)
        }, 600),
      )
    })
    const { ours, theirs } = await compare(engine == 'webkit' ? 2 : 3)
    expect(ours).toEqual(close(theirs))
  })

  test('of a return from the back/forward cache are told anew', async () => {
    const { site, tab, until } = ground()
    await openShop()
    await tab.click('#slow')
    await frames(tab, 150)
    await tab.run(() => void (window.kept['here'] = true))
    await tab.go(site.page('/next', '<p>another page</p>'))
    await tab.run(() => void setTimeout(() => history.back()))
    await until(() => window.kept?.['here'])
    await frames(tab, 300)
    const isBack = ({ navigationType }: Vital) => navigationType == 'back-forward-cache'
    const theirs = sorted((await tab.run(() => window.theirs)).filter(isBack))
    expect(theirs.map(({ name }) => name)).toContain('FCP')
    const ours = sorted(
      vitalsOf(await site.until((all) => vitalsOf(all).filter(isBack).length >= theirs.length)),
    ).filter(isBack)
    // both wait for a frame, but not for the same
    const roughly = (it: Vital) => ({ ...it, value: it.value < 200, delta: it.delta < 200 })
    expect(ours.map(roughly)).toEqual(theirs.map(roughly))
  })
})

describeInBrowsers(
  'web vitals of soft navigations',
  (ground) => {
    test('are the same as those of the library', async () => {
      const { open, start, tab, site, flush } = ground()
      await open(watch + shop)
      await start(['loadSpans', 'interactionSpans', 'navigationSpans', 'webVitals'])
      await frames(tab, 50)
      for (let n = 0; n < 3; n++) {
        await tab.click('#go')
        await frames(tab, 400)
        if (n) await tab.click('#slow')
        await frames(tab, 200)
      }
      await hide(tab, 'hidden')
      await flush()
      const theirs = sorted(await tab.run(() => window.theirs))
      const soft = theirs.filter((it) => it.navigationType == 'soft-navigation')
      expect(new Set(soft.map(({ name }) => name)).size).toBe(5)
      const ours = sorted(
        vitalsOf(await site.until((all) => vitalsOf(all).length >= theirs.length)),
      )
      expect(ours).toEqual(close(theirs))
    })
  },
  { only: ['chromium'] },
)
