// Lightspan in hard places: strict policies, frames, frozen and missing globals, extended prototypes.

import { expect, test } from 'vitest'
import { describeInBrowsers, type Ground, type PageGlobals } from '../kit/in-browsers.ts'
import type { ReceivedSpan } from '../kit/received.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

const script = '<script src="/lightspan.js"></script>'

/** What every page of these does: requests, a navigation, a handled error; and says so in a span `done`. */
const story = `<script>
  function start(service, more) {
    return lightspan.start({ service, url: '/v1/spans', ...more })
  }
  async function tell(tracing, before) {
    const seen = []
    const note = async (name, work) => {
      try { seen.push(name + ' ' + (await work())) } catch (error) { seen.push(name + ' ' + error.name + ' ' + error.message) }
    }
    if (globalThis.fetch) await note('fetch', async () => (await (await fetch('/api/200?f=1')).text()).length)
    if (globalThis.XMLHttpRequest) await note('xhr', () => new Promise((done) => {
      const xhr = new XMLHttpRequest()
      xhr.open('GET', '/api/201?x=1')
      xhr.onloadend = () => done(xhr.status)
      xhr.send()
    }))
    await note('push', () => { history.pushState({}, '', '/next'); return location.pathname })
    await note('span', () => tracing.span('work', () => { tracing.recordError(new RangeError('r')); return 1 }))
    if (before) await before()
    tracing.startSpan('done', { attributes: { seen, errors, violations } }).end()
    await tracing.flush()
  }
</script>`

const watch = `<script>errors = []; violations = []; kept = {}
  addEventListener('error', ({ message }) => message && errors.push(message))
  addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)))
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violations.push(effectiveDirective))
</script>`

const fine = ['fetch 2', 'xhr 201', 'push /next', 'span 1']

describeInBrowsers(
  'Lightspan',
  (ground) => {
    const go = async (body: string, headers: Record<string, string> = {}) => {
      const { site, tab } = ground()
      await tab.go(site.page('/', body, headers))
    }
    const done = (it: Ground, service?: string): Promise<ReceivedSpan> =>
      it.find(
        ({ name, resource }) => name == 'done' && (!service || resource['service.name'] == service),
      )
    const begin = `<script>tracing = start('page'); addEventListener('load', () => tell(tracing))</script>`

    test('needs no eval, no blob: and no policy of Trusted Types', async () => {
      const nonce = (html: string) => html.replaceAll('<script', '<script nonce="n"')
      await go(nonce(`${watch}${script}${story}${begin}`), {
        'content-security-policy':
          "default-src 'none'; img-src 'self'; script-src 'nonce-n'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
      })
      const { attributes } = await done(ground())
      expect(attributes).toMatchObject({ seen: fine, errors: [], violations: [] })
    })

    test('lives in a frame and around it, each for itself, and goes with it', async () => {
      const { site, tab, find } = ground()
      site.page(
        '/frame',
        `${watch}${script}${story}
        <script>tracing = start('frame'); addEventListener('load', () => tell(tracing))</script>`,
      )
      await go(`${watch}${script}${story}${begin}<iframe id="f" src="/frame"></iframe>`)
      expect((await done(ground(), 'page')).attributes['seen']).toEqual(fine)
      expect((await done(ground(), 'frame')).attributes['seen']).toEqual(fine)
      // a request that its frame does not live to see the end of
      await tab.run(() => {
        const frame = document.querySelector('iframe')!
        void (frame.contentWindow as unknown as typeof window).fetch('/api/hang')
        frame.remove()
        return new Promise((later) => setTimeout(later, 100))
      })
      await tab.run(() => window.tracing.span('after the frame', () => fetch('/api/200')))
      await tab.run(() => window.tracing.flush())
      await find({ name: 'after the frame' })
      expect(await tab.run(() => window.errors)).toEqual([])
    })

    test('records what it can where globals are frozen', async () => {
      await go(`${watch}<script>
        for (const it of [Object, Array, Function, Promise, XMLHttpRequest, EventTarget, History, Event, Headers])
          { Object.freeze(it); Object.freeze(it.prototype) }
        Object.freeze(history); Object.freeze(navigator); Object.freeze(console)
        Object.defineProperty(window, 'fetch', { value: fetch, writable: false, configurable: false })
        </script>${script}${story}${begin}`)
      const { attributes } = await done(ground())
      expect(attributes).toMatchObject({ seen: fine, errors: [] })
      expect(
        ground()
          .site.spans()
          .map(({ name }) => name),
      ).toContain('work')
    })

    test.each([
      [
        'observers and idle time',
        ['PerformanceObserver', 'requestIdleCallback', 'MutationObserver', 'ReportingObserver'],
      ],
      ['compression', ['CompressionStream']],
      [
        'newer APIs',
        [
          'navigation',
          'fetchLater',
          'AbortSignal.timeout',
          'structuredClone',
          'WebSocket',
          'EventSource',
        ],
      ],
      ['XMLHttpRequest', ['XMLHttpRequest']],
      ['beacons and storage', ['Navigator.prototype.sendBeacon', 'sessionStorage', 'localStorage']],
    ])('records what it can without %s', async (_, names) => {
      const remove = names.map((name) => {
        const at = name.lastIndexOf('.')
        const owner = at < 0 ? 'window' : name.slice(0, at)
        return `Object.defineProperty(${owner}, '${name.slice(at + 1)}', { value: undefined, configurable: true, writable: true })`
      })
      await go(`${watch}<script>${remove.join(';')}</script>${script}${story}${begin}`)
      const { attributes } = await done(ground())
      const seen = fine.filter((it) => !names.includes('XMLHttpRequest') || !it.startsWith('xhr'))
      expect(attributes).toMatchObject({ seen, errors: [] })
    })

    test('records the same where the page has extended the prototypes of everything', async () => {
      await go(`${watch}<script>
        Object.prototype.extra = function () { return 'x' }
        Object.prototype.value = 'of every object'
        Array.prototype.last = function () { return this[this.length - 1] }
        Array.prototype.toJSON = function () { return Object.values(this) }
        String.prototype.extra = 'y'
        Function.prototype.extra = 1
        Promise.prototype.done = function () {}
        </script>${script}${story}${begin}`)
      const { attributes } = await done(ground())
      expect(attributes).toMatchObject({ seen: fine, errors: [] })
      expect(Object.keys(attributes)).not.toContain('extra')
      const spans = await ground().site.until((all) => all.some(({ name }) => name == 'page load'))
      expect(spans.every(({ attributes: all }) => !('value' in all))).toBe(true)
    })
  },
  { tolerate: true },
)
