// What a page load tells beyond its times: phases, what the server said, and whose request it was.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

const served = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const context = `00-${served.traceId}-${served.spanId}-01`
const meta = `<meta name="traceparent" content="${context}">`

describeInBrowsers('a page load', (ground, engine) => {
  test('tells the phases of its request and what the server says of its time', async () => {
    const { open, start, find } = ground()
    await open('', { 'server-timing': 'db;dur=53, cache;desc=hit' })
    await start(['loadSpans'])
    const load = await find({ name: 'page load' })
    const request = await find({ name: 'GET', parentSpanId: load.spanId })
    const phases = request.events.filter(({ name }) => !name.startsWith('session.'))
    expect(phases.map(({ name }) => name)).toContain('responseStart')
    const times = phases.map(({ time }) => time)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(request.attributes['lightspan.server_timing']).toEqual([
      'db;dur=53;desc=',
      'cache;dur=0;desc=hit',
    ])
    expect(request.attributes['network.protocol.version']).toBe('1.1')
  })

  test('that was redirected begins its request with that, and tells when it ended', async () => {
    const { site, tab, open, start, find } = ground()
    await open()
    await tab.go(`${site.origin}/api/go?to=/`)
    await start(['loadSpans'])
    const load = await find({ name: 'page load' })
    const request = await find({ name: 'GET', parentSpanId: load.spanId })
    expect(request.attributes['http.request.resend_count']).toBe(1)
    // one that starts at time zero is no event
    expect(request.events.map(({ name }) => name)).toContain('redirectEnd')
    for (const { time } of request.events) expect(time).toBeGreaterThanOrEqual(request.start)
  })

  test('takes a span of the server as parent once, and links to it when it comes again', async () => {
    const { site, open, start, find } = ground()
    await open(meta)
    await start(['loadSpans'])
    expect(await find({ name: 'page load' })).toMatchObject({ parentSpanId: served.spanId })
    site.clear()
    await open(meta)
    await start(['loadSpans'])
    // as the page goes, its spans may come once more
    const again = await find((it) => it.name == 'page load' && it.traceId != served.traceId)
    expect(again.parentSpanId).toBeUndefined()
    expect(again.links).toEqual([served])
  })

  test.each([
    ['two minutes older', 121_000, undefined],
    ['younger', 60_000, served.spanId],
  ])('made from an answer that is %s', async (_, age, parent) => {
    const { open, start, find } = ground()
    await open('', {
      'server-timing': `traceparent;desc="${context}";dur=${Date.now() - age}, time;dur=35`,
    })
    await start(['loadSpans'])
    const load = await find({ name: 'page load' })
    expect(load.parentSpanId).toBe(parent)
    expect(load.links).toEqual(parent ? [] : [served])
  })

  test('whose answer says only how long tracing took is its meta element’s', async () => {
    const { open, start, find } = ground()
    await open(meta, { 'server-timing': 'trace;dur=12' })
    await start(['loadSpans'])
    expect(await find({ name: 'page load' })).toMatchObject({ parentSpanId: served.spanId })
  })

  test('made from a cached answer is linked to its server, not its child', async () => {
    const { site, tab, start, find, until } = ground()
    const body = `<script>errors = []; kept = {}</script><script src="/lightspan.js"></script>`
    const cached = site.page('/cached', body + '<a id="a" href="/between">on</a>', {
      'cache-control': 'max-age=600',
      'server-timing': `traceparent;desc="${context}"`,
    })
    const between = site.page('/between', `${body}<a id="a" href="/cached">back</a>`)
    await tab.go(cached)
    await start(['loadSpans'])
    await find({ name: 'page load', parentSpanId: served.spanId })
    site.clear()
    await tab.go(between)
    // as a user goes, not as a driver does, which may pass the cache by
    await tab.click('#a')
    await until(() => location.pathname == '/cached' && document.readyState == 'complete')
    await start(['loadSpans'])
    const load = await find((it) => it.name == 'page load' && it.traceId != served.traceId)
    expect(load.parentSpanId).toBeUndefined()
    expect(load.links).toEqual([served])
  })

  test('that is a reload says so', async () => {
    const { tab, open, start, find, until } = ground()
    await open()
    await tab.run(() => void setTimeout(() => location.reload()))
    await until(
      () =>
        (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).type ==
          'reload' && document.readyState == 'complete',
    )
    await start(['loadSpans'])
    expect((await find({ name: 'page load' })).attributes).toMatchObject({
      'lightspan.navigation.type': 'reload',
    })
  })

  test('from the back/forward cache is a trace of its own, linked to the first', async () => {
    const { site, tab, open, start, find, until, flush } = ground()
    await open()
    await start(['loadSpans'])
    const load = await find({ name: 'page load' })
    // an engine may not keep a page that still awaits an answer
    await flush()
    await tab.go(site.page('/on', '<script>errors = []</script>on'))
    await tab.run(() => void setTimeout(() => history.back()))
    const restored = await find((span) => span.links[0]?.spanId == load.spanId)
    expect(restored).toMatchObject({
      name: 'page load',
      parentSpanId: undefined,
      attributes: { 'lightspan.navigation.type': 'back_forward_cache' },
    })
    expect(restored.start).toBeGreaterThan(load.end)
    await until(() => location.pathname == '/')
  })

  test('of a page that was prerendered begins with its activation', async () => {
    const { tab, site, open, start, find } = ground()
    await open()
    // what Chromium does to a prerendered page, as far as a script can see it
    await tab.run(() => {
      Object.defineProperty(document, 'prerendering', { value: true, configurable: true })
      const [entry] = performance.getEntriesByType('navigation')
      Object.defineProperty(entry, 'activationStart', { value: 0, configurable: true })
      performance.getEntriesByType = () => [entry!]
    })
    await start(['loadSpans'])
    await tab.run(async () => {
      await window.tracing.flush()
      await new Promise((later) => setTimeout(later, 50))
    })
    expect(site.batches).toEqual([])
    const activation = await tab.run(() => {
      const at = performance.now()
      const [entry] = performance.getEntriesByType('navigation')
      Object.defineProperty(document, 'prerendering', { value: false, configurable: true })
      Object.defineProperty(entry, 'activationStart', { value: at, configurable: true })
      document.dispatchEvent(new Event('prerenderingchange'))
      return performance.timeOrigin + at
    })
    const load = await find({ name: 'page load' })
    expect(load.start).toBeCloseTo(activation, 0)
    expect(load.attributes['lightspan.navigation.prerendered']).toBe(true)
  })

  if (engine == 'chromium')
    test('that the back/forward cache could not serve says why', async () => {
      const { site, tab, open, start, find, until } = ground()
      await open(`<script>onunload = () => {}; kept.channel = new BroadcastChannel('x');
        navigator.locks?.request('held', () => new Promise(() => {}))</script>`)
      await tab.go(site.page('/on', '<script>errors = []</script>on'))
      await tab.run(() => void setTimeout(() => history.back()))
      await until(() => location.pathname == '/' && document.readyState == 'complete')
      await start(['loadSpans'])
      const { attributes } = await find({ name: 'page load' })
      expect(attributes['lightspan.navigation.type']).toBe('back_forward')
      expect(attributes['lightspan.navigation.not_restored_reasons']).toEqual(
        expect.arrayContaining([expect.any(String)]),
      )
    })
})
