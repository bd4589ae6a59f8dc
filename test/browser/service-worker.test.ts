// What a service worker answers or passes on, of a page that knows nothing of it.

import { expect, test } from 'vitest'
import { describeInBrowsers } from '../kit/in-browsers.ts'

const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']

// Says what headers it got, passes on, answers from its cache, breaks.
const worker = `addEventListener('install', () => skipWaiting())
addEventListener('activate', (event) => event.waitUntil(clients.claim()))
addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url)
  const answer = {
    '/api/made': () => new Response(event.request.headers.get('traceparent'), { status: 203 }),
    '/api/through': () => fetch(event.request),
    '/api/broken': () => Promise.reject(new Error('broken')),
    '/': () => fetch(event.request),
    '/kept': async () => (await caches.match('/kept')) ?? fetch(event.request),
  }[pathname]
  if (answer) event.respondWith(answer())
})`

describeInBrowsers('behind a service worker', (ground, engine) => {
  const control = async () => {
    const { site, tab, open } = ground()
    site.script('/worker.js', worker)
    const address = await open()
    await tab.run(async () => {
      const controlled = new Promise((done) =>
        navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }),
      )
      await navigator.serviceWorker.register('/worker.js')
      if (!navigator.serviceWorker.controller) await controlled
    })
    return address
  }

  test('a request has one span, whoever answers it, and the worker sees its context', async () => {
    const { site, tab, start, find } = ground()
    await control()
    await start(['fetchSpans', 'xhrSpans'])
    const made = await tab.run(async () => {
      const response = await fetch('/api/made')
      return response.text()
    })
    await tab.run(() => fetch('/api/through').then((it) => it.text()))
    await tab.run(
      () =>
        new Promise((done) => {
          const xhr = new XMLHttpRequest()
          xhr.open('PUT', '/api/through')
          xhr.onload = () => done(xhr.status)
          xhr.send('x')
        }),
    )
    const own = await find(({ attributes }) => attributes['http.response.status_code'] == 203)
    expect(made).toBe(`00-${own.traceId}-${own.spanId}-03`)
    const get = await find(({ name, spanId }) => name == 'GET' && spanId != own.spanId)
    const put = await find({ name: 'PUT' })
    expect(site.requests.map(({ method, headers }) => [method, headers['traceparent']])).toEqual(
      [get, put].map(({ name, traceId, spanId }) => [name, `00-${traceId}-${spanId}-03`]),
    )
    for (const { attributes } of [own, get, put])
      expect(attributes['lightspan.delivery']).toBeUndefined()
    expect(site.spans()).toHaveLength(3)
  })

  test('a request that the worker breaks has failed as the page sees it', async () => {
    const { tab, start, find } = ground()
    await control()
    await start(['fetchSpans'])
    const error = await tab.run(() => fetch('/api/broken').catch((it: Error) => it.name))
    const { attributes, status } = await find({ name: 'GET' })
    expect([error, attributes['error.type'], status]).toEqual(['TypeError', 'TypeError', 2])
  })

  test('what it keeps has come from its cache, as far as the engine tells', async () => {
    const { site, tab, start, find } = ground()
    await control()
    site.page('/kept', 'kept')
    await tab.run(async () => void (await (await caches.open('pages')).add('/kept')))
    await start(['fetchSpans'])
    await tab.run(() => fetch('/kept').then((it) => it.text()))
    const kept = await find({ name: 'GET' })
    const told = engine == 'chromium' ? 'cache-storage' : undefined
    expect(kept.attributes['lightspan.delivery']).toBe(told)
  })

  test.each([
    ['the span of the server that answered', '/', true],
    ['no span of a server that answered another page', '/kept', false],
  ])('a page load is the child of %s', async (_, path, passed) => {
    const { site, tab, start, find } = ground()
    await control()
    const script = `<script>errors = []</script><script src="/lightspan.js"></script>`
    const address = site.page(
      path,
      `<meta name="traceparent" content="00-${traceId}-${spanId}-01">${script}`,
    )
    if (!passed) await tab.run(async () => void (await (await caches.open('pages')).add('/kept')))
    await tab.go(address)
    await start(['loadSpans'])
    const load = await find({ name: 'page load' })
    // Firefox does not tell the one from the other: there it is a link
    const parent = passed && engine != 'firefox'
    expect(load.parentSpanId).toBe(parent ? spanId : undefined)
    expect(load.links).toEqual(parent ? [] : [{ traceId, spanId }])
  })

  test('the request of a page load begins as the worker is asked', async () => {
    const { site, tab, start, find } = ground()
    const address = await control()
    site.clear()
    await tab.go(address)
    await start(['loadSpans'])
    const load = await find({ name: 'page load' })
    const request = await find({ name: 'GET', parentSpanId: load.spanId })
    const began = await tab.run(() => {
      const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
      return entry!.workerStart
    })
    const told = request.events.find(({ name }) => name == 'workerStart')
    // Firefox does not tell of it; to WebKit, which counts in whole ms, it may be at time zero, which is no event
    if (engine != 'webkit') expect(began > 0).toBe(engine == 'chromium')
    expect(!!told).toBe(began > 0)
    if (told) expect(told.time).toBe(request.start)
  })
})
