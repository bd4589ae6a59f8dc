// The script-tag door, in three engines.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openBrowser, type Browser, type Tab } from '../kit/browser.ts'
import { engines } from '../kit/find-browsers.ts'
import { startSite, type Site } from '../kit/site.ts'

interface Door {
  lightspan: typeof import('lightspan') &
    import('lightspan').Lightspan & { ready: (use: () => void) => void }
  errors: string[]
  native: unknown
}
declare const window: Window & Door

// Every page of these tests keeps what it throws, and its own fetch.
const head = `<script>errors = []; native = fetch; onerror = (message) => void errors.push(message);
onunhandledrejection = ({ reason }) => void errors.push(String(reason))</script>`
const tag = '<script src="/lightspan.js" data-service="shop" data-url="/v1/spans"></script>'

describe.each(engines)('the script tag in %s', (engine) => {
  let browser: Browser
  let tab: Tab
  let site: Site
  beforeAll(async () => {
    browser = await openBrowser(engine)
  }, 60_000)
  afterAll(() => browser?.close())
  beforeEach(async () => {
    ;[site, tab] = await Promise.all([startSite(), browser.tab()])
  })
  afterEach(async () => {
    expect(await tab.run(() => window.errors)).toEqual([])
    await tab.close()
    await site.close()
  })

  test('starts by itself where it names a service', async () => {
    await tab.go(site.page('/', head + tag))
    const load = await site.span('page load')
    expect(load.resource).toMatchObject({
      'service.name': 'shop',
      'telemetry.sdk.name': 'lightspan',
      'telemetry.sdk.language': 'webjs',
    })
  })

  test('takes every option from its own attributes', async () => {
    const more = `<script src="/lightspan.js" data-service="shop" data-version="1.2.3"
      data-environment="test" data-url="/v1/spans?site=a" data-key="public" data-sample="1"
      data-propagate-to="https://api.example, ${site.other}" data-attributes='{"team":"checkout"}'
      data-instrumentations="loadSpans, fetchSpans"></script>`
    await tab.go(site.page('/', head + more))
    await tab.run((url: string) => fetch(url).then((it) => it.text()), site.other + '/api/200')
    const of = (url: unknown) => url == site.other + '/api/200'
    const all = await site.until((it) => it.some((span) => of(span.attributes['url.full'])))
    const span = all.find((it) => of(it.attributes['url.full']))!
    expect(span.resource).toMatchObject({
      'service.version': '1.2.3',
      'deployment.environment.name': 'test',
      team: 'checkout',
    })
    expect(site.batches[0]!.path).toBe('/v1/spans?site=a')
    expect(site.requests.at(-1)!.headers['traceparent']).toContain(span.traceId)
  })

  test('does nothing before start where it names none', async () => {
    await tab.go(site.page('/', head + '<script src="/lightspan.js"></script>'))
    expect(await tab.run(() => window.fetch === window.native)).toBe(true)
    await tab.run(() => {
      window.lightspan.start({ service: 'late', url: '/v1/spans' })
      window.lightspan.span('custom', () => {})
      return window.lightspan.flush()
    })
    expect((await site.span('custom')).resource['service.name']).toBe('late')
  })

  test('makes up for the calls that a stub queued before it came', async () => {
    const stub = `<script>lightspan = { q: [] };
      for (const name of ['start', 'ready', 'recordError'])
        lightspan[name] = (...args) => void lightspan.q.push([name, ...args]);
      lightspan.start({ service: 'queued', url: '/v1/spans' });
      lightspan.recordError(new TypeError('before the script'));
      lightspan.ready(() => lightspan.span('from ready', () => {}))</script>
      <script async src="/lightspan.js"></script>`
    await tab.go(site.page('/', head + stub))
    expect((await site.span('from ready')).resource['service.name']).toBe('queued')
    const events = site.spans().flatMap((span) => span.events)
    const exception = events.find(({ name }) => name == 'exception')
    expect(exception?.attributes['exception.message']).toBe('before the script')
  })

  test('goes on with what a stub queued where one of the calls throws, and the page hears of that', async () => {
    const stub = `<script>lightspan = { q: [] };
      for (const name of ['start', 'ready']) lightspan[name] = (...args) => void lightspan.q.push([name, ...args]);
      lightspan.ready(() => { throw new Error('of the page') });
      lightspan.start({ service: 'queued', url: '/v1/spans' });
      lightspan.ready(() => lightspan.span('from ready', () => {}))</script>
      <script async src="/lightspan.js"></script>`
    await tab.go(site.page('/', head + stub))
    expect((await site.span('from ready')).resource['service.name']).toBe('queued')
    expect(await tab.run(() => window.errors.splice(0).join())).toMatch(/Error: of the page$/)
  })

  test('included twice runs once', async () => {
    await tab.go(site.page('/', head + tag + tag))
    await tab.run(() => {
      window.lightspan.span('once', () => {})
      return window.lightspan.flush()
    })
    await site.span('once')
    expect(site.spans().filter(({ name }) => name == 'page load')).toHaveLength(1)
  })

  test('with an attribute that it cannot read stays out, without an error in the page', async () => {
    const bad = `<script src="/lightspan.js" data-service="shop" data-attributes="{no"></script>`
    await tab.go(site.page('/', head + bad))
    expect(await tab.run(() => window.fetch === window.native)).toBe(true)
  })

  test('tells by sampling 0 that nothing shall be recorded', async () => {
    const none = tag.replace('data-service', 'data-sample="0" data-service')
    await tab.go(site.page('/', head + none))
    await tab.run(async () => {
      await fetch('/api/200')
      await window.lightspan.flush()
    })
    expect(site.requests.at(-1)!.headers['traceparent']).toMatch(/-02$/)
    expect(site.batches).toEqual([])
  })
})
