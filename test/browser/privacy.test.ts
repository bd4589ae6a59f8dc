// What leaves the page: everything is on, the page is full of secrets, and none of them is in a request of ours.

import { expect, test } from 'vitest'
import { describeInBrowsers } from '../kit/in-browsers.ts'

const all = [
  'loadSpans',
  'interactionSpans',
  'navigationSpans',
  'fetchSpans',
  'xhrSpans',
  'errorSpans',
  'webVitals',
]

// Each is somewhere where a page may hold a secret.
const body = `<title>secret-title</title><h1>secret-heading</h1>
  <form><input id="field" name="secret-name" value="secret-value" placeholder="secret-placeholder">
  <button id="pay" type="button" title="secret-tooltip" aria-label="secret-label" class="secret-class"
    onclick="buy()">secret-button</button></form>
  <img src="/api/404?token=secret-image" alt="secret-alt"><script>
  document.cookie = 'session=secret-cookie'
  localStorage.card = 'secret-local'
  window.buy = async () => {
    await fetch('/api/200?token=secret-query#secret-fragment', { method: 'POST', body: 'secret-body',
      headers: { authorization: 'secret-authorization' } }).then((it) => it.text())
    const xhr = new XMLHttpRequest()
    xhr.open('POST', '/api/500?secret-flag&card=secret-card')
    xhr.setRequestHeader('x-key', 'secret-key')
    xhr.onloadend = () => {
      history.pushState({ state: 'secret-state' }, '', '/orders/4711?code=secret-code#secret-hash')
      document.querySelector('h1').textContent = 'secret-text'
      setTimeout(() => { throw new Error('failed at https://u:p@a.example/x?token=secret-in-a-message') })
    }
    xhr.send('secret-payload')
  }</script>`

describeInBrowsers(
  'what leaves the page',
  (ground) => {
    const use = async () => {
      const { tab, find } = ground()
      await tab.press('#field', '7')
      await tab.click('#pay')
      await find((span) => span.name.startsWith('navigation'))
      await find((span) => span.events.some(({ name }) => name == 'exception'))
    }
    const sent = () => {
      const { site } = ground()
      return JSON.stringify(site.batches.map(({ path, spans }) => [path, spans]))
    }

    test('holds no text, value, cookie, header, body, query value, fragment or credential', async () => {
      const { open, start } = ground()
      await open(body, {})
      await start(all, { keepQuery: ['page'] })
      await use()
      expect(sent()).not.toMatch(/secret-(?!flag)|u:p@/)
      expect(sent()).not.toContain('secret-flag')
      expect(sent()).toContain('REDACTED')
    })

    test('holds the query values that the page allows, but never those of signed URLs', async () => {
      const { site, tab, open, start, find } = ground()
      await open()
      await start(['fetchSpans'], { keepQuery: ['page', 'sig', 'X-Amz-Signature'] })
      await tab.run(() => fetch('/api/200?page=2&user=me&sig=abc&X-Amz-Signature=def'))
      expect((await find({ name: 'GET' })).attributes['url.full']).toBe(
        `${site.origin}/api/200?page=2&user=REDACTED&sig=REDACTED&X-Amz-Signature=REDACTED`,
      )
    })

    test('under Global Privacy Control holds paths as templates and nothing that lasts', async () => {
      const { site, tab, open, start, find } = ground()
      await open()
      await tab.run(
        () =>
          void Object.defineProperty(navigator, 'globalPrivacyControl', {
            value: true,
            configurable: true,
          }),
      )
      await start(['fetchSpans'])
      await tab.run(() => fetch('/api/200/4711/orders'))
      expect((await find({ name: 'GET' })).attributes['url.full']).toBe(
        `${site.origin}/api/{id}/{id}/orders`,
      )
      expect(await tab.run(() => sessionStorage.length + localStorage.length)).toBe(0)
    })

    test("goes to the page's own endpoint and to nobody else", async () => {
      const { site, open, start } = ground()
      await open(body)
      await start(all)
      await use()
      expect(site.batches.every(({ path }) => path.startsWith('/v1/'))).toBe(true)
      const own = site.requests.map(({ url }) => url.split('?')[0])
      expect(new Set(own)).toEqual(new Set(['/api/200', '/api/404', '/api/500']))
    })
  },
  { tolerate: true },
)
