// Who is visiting and whether they agreed, as what leaves the page says it, in three engines.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

const session = 'session.id'
const tabId = 'lightspan.tab.id'

describeInBrowsers('a session', (ground) => {
  const trace = (name: string) =>
    ground().tab.run((it: string) => window.tracing.span(it, () => {}), name)
  const stored = () =>
    ground().tab.run(() => Object.keys(sessionStorage).filter((key) => /lightspan/.test(key)))

  test('is on every span, begins with an event, and goes on over the pages of a tab', async () => {
    const { tab, open, start, find } = ground()
    await open()
    await start([])
    await trace('one')
    const one = await find({ name: 'one' })
    expect(one.attributes[session]).toMatch(/^[\da-f]{32}$/)
    expect(one.resource[tabId]).toMatch(/^[\da-f]{16}$/)
    expect(one.events).toMatchObject([
      { name: 'session.start', attributes: { [session]: one.attributes[session] } },
    ])
    await open()
    await start([])
    await trace('two')
    const two = await find({ name: 'two' })
    expect(two.attributes[session]).toBe(one.attributes[session])
    expect(two.resource[tabId]).toBe(one.resource[tabId])
    expect(two.events).toEqual([])
    expect(await tab.run(() => document.cookie + localStorage.length)).toBe('0')
  })

  test('that paused too long is another one, which names it', async () => {
    const { open, start, find } = ground()
    await open()
    await start([], { session: { idle: 0 } })
    await trace('one')
    await trace('two')
    const one = await find({ name: 'one' })
    const two = await find({ name: 'two' })
    expect(two.events).toMatchObject([
      { name: 'session.end', attributes: { [session]: one.attributes[session] } },
      {
        name: 'session.start',
        attributes: {
          [session]: two.attributes[session],
          'session.previous_id': one.attributes[session],
        },
      },
    ])
  })

  test('is one over two windows, which are told apart by their tab', async () => {
    const { site, tab, open, start, find } = ground()
    const other = site.page(
      '/other',
      `<script src="/lightspan.js"></script><script>
        opener.kept.tracing = lightspan.start({ instrumentations: [], service: 'other', url: '/v1/spans' });
        opener.kept.tracing.span('in the other', () => {}); opener.kept.tracing.flush()</script>`,
    )
    await open(`<button id="b" onclick="kept.w = window.open('${other}')">x</button>`)
    await start([])
    await trace('in the opener')
    const opener = await find({ name: 'in the opener' })
    await tab.click('#b')
    const copy = await find({ name: 'in the other' })
    await tab.run(() => {
      const other = window.kept['w'] as Window
      delete window.kept['w']
      return new Promise<void>((done) => {
        other.onpagehide = () => setTimeout(done, 100)
        other.close()
      })
    })
    expect(copy.attributes[session]).toBe(opener.attributes[session])
    expect(copy.resource[tabId]).not.toBe(opener.resource[tabId])
  })

  test.each([
    ['by itself each tab has its own', false],
    ['it is one over all tabs where the page wants that', true],
  ])('of two tabs: %s', async (_, shared) => {
    const { site, tab, find } = ground()
    const page = (name: string, then: string) =>
      site.page(
        `/${name}`,
        `<script>errors = []</script><script src="/lightspan.js"></script>
        <script src="/lightspan-more.js"></script><button id="b">x</button><script>
        tracing = lightspan.start({ instrumentations: [], service: '${name}', url: '/v1/spans',
          session: { ${shared ? 'store: lightspan.sharedStore' : ''} } })
        tracing.span('in ${name}', () => {})
        tracing.flush().then(() => { ${then} })</script>`,
      )
    const second = page('second', 'close()')
    await tab.go(page('first', `b.onclick = () => open('${second}', '_blank', 'noopener')`))
    const first = await find({ name: 'in first' })
    await tab.click('#b')
    const other = await find({ name: 'in second' })
    expect(other.resource[tabId]).not.toBe(first.resource[tabId])
    expect(other.attributes[session] == first.attributes[session]).toBe(shared)
    expect(await tab.run(() => Object.keys(localStorage))).toEqual(
      shared ? ['lightspan.session'] : [],
    )
    await tab.run(() => window.tracing.setConsent('denied'))
    expect(await tab.run(() => Object.keys(localStorage))).toEqual([])
  })

  test('lives in memory where storage is denied', async () => {
    const { tab, open, start, find } = ground()
    await open()
    await tab.run(
      () =>
        void Object.defineProperty(window, 'sessionStorage', {
          get: () => {
            throw new DOMException('denied', 'SecurityError')
          },
        }),
    )
    await start([])
    await trace('one')
    await trace('two')
    const one = await find({ name: 'one' })
    expect(one.attributes[session]).toMatch(/./)
    expect((await find({ name: 'two' })).attributes[session]).toBe(one.attributes[session])
  })

  test('under Global Privacy Control is in memory only, without a user', async () => {
    const { tab, open, start, find } = ground()
    await open()
    await tab.run(
      () =>
        void Object.defineProperty(navigator, 'globalPrivacyControl', {
          value: true,
          configurable: true,
        }),
    )
    await start([])
    await tab.run(() => window.tracing.setUser('u-1'))
    await trace('one')
    const one = await find({ name: 'one' })
    expect(one.attributes).toHaveProperty([session])
    expect(one.attributes).not.toHaveProperty(['user.id'])
    expect(await stored()).toEqual([])
  })

  test('that is still being prerendered is not minted, and its spans wait for the activation', async () => {
    const { site, tab, open, start, find, flush } = ground()
    await open()
    await tab.run(
      () =>
        void Object.defineProperty(document, 'prerendering', { value: true, configurable: true }),
    )
    await start([])
    await trace('one')
    await flush()
    expect(await stored()).toEqual([])
    expect(site.batches).toEqual([])
    await tab.run(() => {
      Object.defineProperty(document, 'prerendering', { value: false, configurable: true })
      document.dispatchEvent(new Event('prerenderingchange'))
    })
    expect((await find({ name: 'one' })).attributes[session]).toMatch(/./)
  })
})

describeInBrowsers('a user', (ground) => {
  test('and attributes of all spans are on the spans that end from then on', async () => {
    const { tab, open, start, find } = ground()
    await open()
    await start([])
    await tab.run(() => {
      const { tracing } = window
      tracing.setUser('u-1')
      tracing.setAttributes({ plan: 'pro', team: 'a' })
      tracing.span('one', { attributes: { team: 'its own' } }, () => {})
      tracing.setUser(undefined)
      tracing.setAttributes({ plan: undefined })
      tracing.span('two', () => {})
    })
    const one = await find({ name: 'one' })
    expect(one.attributes).toMatchObject({ 'user.id': 'u-1', plan: 'pro', team: 'its own' })
    const two = await find({ name: 'two' })
    expect(two.attributes).toMatchObject({ team: 'a' })
    expect(two.attributes).not.toHaveProperty(['user.id'])
    expect(two.attributes).not.toHaveProperty('plan')
  })

  test('who was not asked yet is kept in memory, and recorded after a yes', async () => {
    const { site, tab, open, start, find } = ground()
    await open()
    await start(['fetchSpans'], { consent: 'pending' })
    await tab.run(async () => {
      window.tracing.span('before', () => {})
      await window.tracing.flush()
    })
    expect(site.batches).toEqual([])
    expect(await tab.run(() => sessionStorage.length)).toBe(0)
    await tab.run(() => window.tracing.setConsent('granted'))
    expect((await find({ name: 'before' })).attributes).toHaveProperty([session])
  })

  test('who says no leaves nothing: no span, no storage, no header', async () => {
    const { site, tab, open, start, find } = ground()
    await open()
    await start(['fetchSpans'])
    await tab.run(() => window.tracing.span('agreed', () => {}))
    await find({ name: 'agreed' })
    await tab.run(async () => {
      window.tracing.setConsent('denied')
      await fetch('/api/200')
      window.tracing.span('denied', () => {})
      await window.tracing.flush()
    })
    expect(site.requests.at(-1)!.headers).not.toHaveProperty('traceparent')
    expect(await tab.run(() => sessionStorage.length)).toBe(0)
    await tab.run(() => window.tracing.setConsent('granted'))
    await tab.run(() => window.tracing.span('again', () => {}))
    await find({ name: 'again' })
    expect(site.spans().map(({ name }) => name)).toEqual(['agreed', 'again'])
  })
})

describeInBrowsers(
  'limits',
  (ground) => {
    test('hold for the attributes, events, links and text of a span', async () => {
      const { tab, open, start, find } = ground()
      await open()
      await start([])
      await tab.run(() =>
        window.tracing.span('large', (span) => {
          span.setAttribute('text', 'x'.repeat(10_000))
          for (let at = 0; at < 200; at++) span.addEvent(`e${at}`).addLink(span)
          for (let at = 0; at < 200; at++) span.setAttribute(`a${at}`, at)
        }),
      )
      const large = await find({ name: 'large' })
      // text, two counts and a0 … a124; after the limit came the session, and the count of the others
      expect(Object.keys(large.attributes)).toHaveLength(128 + 2)
      expect(large.attributes).toMatchObject({
        'session.id': expect.any(String) as string,
        'otel.dropped_attributes_count': 75,
        'otel.dropped_events_count': 72,
        'otel.dropped_links_count': 72,
      })
      expect(large.attributes['text']).toHaveLength(4096)
      expect(large.events.filter(({ name }) => name.startsWith('e'))).toHaveLength(128)
      expect(large.links).toHaveLength(128)
    })
  },
  { tolerate: true },
)

describeInBrowsers('a trace', (ground) => {
  test('is sampled by rules on its root, and its share travels with it', async () => {
    const { site, tab, open, flush } = ground()
    await open()
    await tab.run(async () => {
      window.tracing = window.lightspan.start({
        instrumentations: [window.lightspan.fetchSpans()],
        service: 'page',
        url: '/v1/spans',
        // nearly all, so that the test has something to see, and not all, so that there is a share
        sample: ({ name }) => (name == 'never' ? 0 : 1 - 2 ** -50),
      })
      window.tracing.span('never', () => {})
      await window.tracing.span('nearly always', () => fetch('/api/200'))
    })
    await flush()
    const all = await site.until((it) => it.some(({ name }) => name == 'nearly always'))
    expect(all.some(({ name }) => name == 'never')).toBe(false)
    expect(site.requests.at(-1)!.headers['tracestate']).toBe('ot=th:0000000000004')
  })
})

describeInBrowsers(
  'another origin',
  (ground) => {
    test('that refuses trace context gets it once, and no request is sent twice', async () => {
      const { site, tab, open, start } = ground()
      await open()
      await start(['fetchSpans', 'xhrSpans'], { propagateTo: [site.other], sample: 1 })
      const outcome = await tab.run(async (url: string) => {
        const attempt = () => fetch(url).then(String, (error: Error) => error.name)
        return [await attempt(), await attempt()]
      }, site.other + '/api/closed')
      // both fail, as without us: it allows no other origin
      expect(outcome).toEqual(['TypeError', 'TypeError'])
      const sent = site.requests.filter(({ method }) => method == 'GET')
      // the first was stopped at its preflight; the second needed none
      expect(sent).toHaveLength(1)
      expect(sent[0]!.headers).not.toHaveProperty('traceparent')
      await open()
      await start(['fetchSpans'], { propagateTo: [site.other] })
      await tab.run((url: string) => fetch(url).then(String, String), site.other + '/api/closed')
      expect(site.requests.at(-1)!.headers).not.toHaveProperty('traceparent')
    })

    test('that answers keeps it, also when it fails later', async () => {
      const { site, tab, open, start } = ground()
      await open()
      await start(['fetchSpans'], { propagateTo: [site.other] })
      await tab.run(async (other: string) => {
        await fetch(other + '/api/200')
        await fetch(other + '/api/reset').catch(() => {})
        await fetch(other + '/api/200?n=3')
      }, site.other)
      expect(site.requests.at(-1)!.headers).toHaveProperty('traceparent')
      expect(site.requests.at(-1)!.headers).not.toHaveProperty('tracestate')
    })
  },
  { tolerate: true },
)
