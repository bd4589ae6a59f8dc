// Spans of page load, navigation, interaction, web vitals and errors.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'
import type { ReceivedSpan } from '../kit/received.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

const served = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const context = `00-${served.traceId}-${served.spanId}-01`
const named = (name: string) => (span: ReceivedSpan) => span.name == name

describeInBrowsers('page load', (ground) => {
  test('is a root from time zero to the end of the load event, with the request inside', async () => {
    const { open, start, find } = ground()
    const address = await open('<h1>shop</h1>')
    await start(['loadSpans'])
    const load = await find({ name: 'page load' })
    const request = await find({ name: 'GET' })
    expect(load.parentSpanId).toBeUndefined()
    expect(load.attributes).toMatchObject({
      'url.full': address,
      'lightspan.navigation.type': 'navigate',
    })
    // the first span of a session begins it
    const marks = load.events.filter(({ name }) => name != 'session.start')
    expect(marks.map(({ name }) => name)).toEqual([
      'domInteractive',
      'domContentLoadedEventStart',
      'domContentLoadedEventEnd',
      'domComplete',
      'loadEventStart',
      'loadEventEnd',
    ])
    expect(marks.at(-1)!.time).toBeCloseTo(load.end, 2)
    expect(request).toMatchObject({ kind: 3, parentSpanId: load.spanId, traceId: load.traceId })
    expect(request.start).toBeGreaterThanOrEqual(load.start)
    expect(request.end).toBeLessThanOrEqual(load.end)
  })

  test.each([
    [
      'Server-Timing traceparent',
      { 'server-timing': `cache;desc=hit, traceparent;desc="${context}"` },
      '',
    ],
    ['Server-Timing trace', { 'server-timing': `trace;desc="${context}"` }, ''],
    ['a meta element', {}, `<meta name="traceparent" content="${context}">`],
  ])('is joined to the span that served the page by %s', async (_, headers, body) => {
    const { open, start, find } = ground()
    await open(body, headers)
    await start(['loadSpans'])
    expect(await find({ name: 'page load' })).toMatchObject({
      traceId: served.traceId,
      parentSpanId: served.spanId,
      flags: 0x303,
    })
  })

  test('is joined to nothing by a header that is broken', async () => {
    const { open, start, find } = ground()
    await open('', { 'server-timing': 'traceparent;desc="00-xyz-1-01"' })
    await start(['loadSpans'])
    expect((await find({ name: 'page load' })).parentSpanId).toBeUndefined()
  })

  test('is the parent, marked as inferred, of what the page does on its own', async () => {
    const { site, tab } = ground()
    const tag = '<script src="/lightspan.js" data-service="page" data-url="/v1/spans"></script>'
    await tab.go(
      site.page(
        '/own',
        `<script>errors = []</script>${tag}<script>fetch('/api/200?ms=30')</script>`,
      ),
    )
    const load = await site.span('page load')
    const all = await site.until((it) => it.filter(named('GET')).length == 2)
    const own = all.find(({ attributes }) => `${attributes['url.full']}`.includes('/api/'))!
    expect(own).toMatchObject({ traceId: load.traceId, parentSpanId: load.spanId })
    expect(own.attributes['lightspan.context']).toBe('inferred')
  })
})

describeInBrowsers('navigation', (ground) => {
  test('of every kind is a trace of its own, linked to the one before', async () => {
    const { site, tab, open, start, find } = ground()
    await open()
    await start(['loadSpans', 'navigationSpans'])
    await tab.run(() => history.pushState({}, '', '/product/123?color=red'))
    const push = await find({ name: 'navigation /product/{id}' })
    expect(push).toMatchObject({
      parentSpanId: undefined,
      attributes: {
        'url.full': `${site.origin}/product/123?color=REDACTED`,
        'url.template': '/product/{id}',
        'lightspan.navigation.type': 'push',
      },
    })
    const load = site.spans().find(named('page load'))!
    expect(push.links).toEqual([{ traceId: load.traceId, spanId: load.spanId }])
    await tab.run(() => history.replaceState({}, '', '/cart'))
    expect((await find({ name: 'navigation /cart' })).links[0]!.spanId).toBe(push.spanId)
    await tab.run(() => history.back())
    expect((await find({ name: 'navigation /' })).attributes).toMatchObject({
      'lightspan.navigation.type': 'traverse',
    })
    await tab.run(() => (location.hash = '#reviews'))
    const hash = (it: ReceivedSpan) =>
      `${it.attributes['url.full']}`.endsWith('/') && it.links.length > 0
    expect((await find(hash)).traceId).not.toBe(push.traceId)
  })

  test('lasts until its requests and their rendering have settled', async () => {
    const { tab, open, start, find } = ground()
    await open()
    await start(['navigationSpans', 'fetchSpans'])
    await tab.run(async () => {
      history.pushState({}, '', '/list')
      await (await fetch('/api/200?ms=250')).text()
    })
    const navigation = await find({ name: 'navigation /list' })
    const request = await find({ name: 'GET' })
    expect(request).toMatchObject({ traceId: navigation.traceId, parentSpanId: navigation.spanId })
    expect(navigation.end).toBeGreaterThanOrEqual(request.end - 0.01)
    expect(navigation.end - navigation.start).toBeLessThan(2000)
  })

  test('says why it ended', async () => {
    const { tab, open, start, find } = ground()
    await open()
    await start(['navigationSpans', 'fetchSpans'])
    await tab.run(() => {
      history.pushState({}, '', '/one')
      void fetch('/api/hang')
      history.pushState({}, '', '/two')
    })
    expect((await find({ name: 'navigation /one' })).attributes['lightspan.ended_by']).toBe(
      'navigation',
    )
    expect((await find({ name: 'navigation /two' })).attributes['lightspan.ended_by']).toBe('quiet')
    await tab.run(() => {
      history.pushState({}, '', '/three')
      dispatchEvent(new Event('pagehide'))
    })
    expect((await find({ name: 'navigation /three' })).attributes['lightspan.ended_by']).toBe(
      'leave',
    )
  })

  test('to where the page is already is none', async () => {
    const { site, tab, open, start, find } = ground()
    await open()
    await start(['navigationSpans'])
    await tab.run(() => {
      history.replaceState({ scroll: 5 }, '', location.href)
      history.pushState({}, '', '/there')
    })
    await find({ name: 'navigation /there' })
    expect(site.spans().filter(({ name }) => name.startsWith('navigation'))).toHaveLength(1)
  })

  test('throws on misuse as the platform does', async () => {
    const { tab, open, start } = ground()
    await open()
    const attempt = () =>
      tab.run(() => {
        try {
          history.pushState({}, '', 'https://elsewhere.example/')
          return 'nothing'
        } catch (error) {
          return (error as Error).name
        }
      })
    const native = await attempt()
    await start(['navigationSpans'])
    expect(await attempt()).toBe(native)
  })
})

describeInBrowsers('interaction', (ground, engine) => {
  const buy = `<button id="buy" onclick="kept.done = fetch('/api/200?ms=30').then((it) => it.text())"><b>Pay 20 €</b></button>
    <input id="name"><p id="idle">nothing</p>`

  test('that causes work is a trace, from the input to the next paint', async () => {
    const { tab, open, start, find } = ground()
    // longer than the step of any engine's clock
    await open(
      buy.replace(
        'onclick="',
        'onclick="for (const end = performance.now() + 20; performance.now() < end;); ',
      ),
    )
    await start(['loadSpans', 'interactionSpans', 'fetchSpans'])
    await tab.click('#buy')
    const click = await find({ name: 'click button#buy' })
    const request = await find((span) => span.parentSpanId == click.spanId)
    expect(click.parentSpanId).toBeUndefined()
    expect(click.end - click.start).toBeGreaterThanOrEqual(19)
    expect(request).toMatchObject({ name: 'GET', traceId: click.traceId })
    expect(request.attributes['lightspan.context']).toBeUndefined()
  })

  test('never carries text or values', async () => {
    const { site, tab, open, start, find } = ground()
    await open(`${buy}<input id="card" onkeydown="lightspan.x = 1; kept.r = fetch('/api/200')">`)
    await start(['interactionSpans', 'fetchSpans'])
    await tab.click('#buy')
    await tab.press('#card', '7')
    await find({ name: 'keydown input#card' })
    await find({ name: 'click button#buy' })
    expect(JSON.stringify(site.spans())).not.toMatch(/Pay 20|"7"/)
  })

  test('is named by data-lightspan-name where the page gives one', async () => {
    const { tab, open, start, find } = ground()
    await open(`<div data-lightspan-name="add to cart">${buy}</div>`)
    await start(['interactionSpans', 'fetchSpans'])
    await tab.click('#buy')
    await find({ name: 'click add to cart' })
  })

  test('that causes nothing is no span', async () => {
    const { site, tab, open, start, find } = ground()
    await open(buy)
    await start(['interactionSpans', 'fetchSpans'])
    await tab.click('#idle')
    await tab.click('#buy')
    await find({ name: 'click button#buy' })
    expect(site.spans().filter(({ name }) => name.startsWith('click'))).toHaveLength(1)
  })

  test('that is slow is a span, whatever it causes', async () => {
    const { tab, open, start, find } = ground()
    await open(
      '<button id="slow" onclick="for (const end = performance.now() + 300; performance.now() < end;);">x</button>',
    )
    await start(['interactionSpans'])
    await tab.click('#slow')
    const click = await find({ name: 'click button#slow' })
    expect(click.end - click.start).toBeGreaterThanOrEqual(290)
    // WebKitGTK has no Event Timing: there the phases are our own measure
    if (engine != 'webkit')
      expect(click.attributes['lightspan.interaction.id']).toEqual(expect.any(Number))
    const phase = (name: string) => click.attributes[`lightspan.interaction.${name}`] as number
    expect(phase('processing_duration')).toBeGreaterThanOrEqual(290)
    const phases = ['input_delay', 'processing_duration', 'presentation_delay'].map(phase)
    expect(Math.min(...phases)).toBeGreaterThanOrEqual(0)
    const sum = phases.reduce((all, it) => all + it)
    expect(Math.abs(sum - (click.end - click.start))).toBeLessThan(20)
  })

  test('is one span, whatever of its events cause work', async () => {
    const { site, tab, open, start, find, flush } = ground()
    await open(`<button id="b">x</button><script>
      for (const type of ['pointerdown', 'pointerup', 'click', 'keydown', 'keyup'])
        b.addEventListener(type, () => fetch('/api/200?' + type))</script>`)
    await start(['interactionSpans', 'fetchSpans'])
    await tab.click('#b')
    await find({ name: 'pointerdown button#b' })
    await site.until((all) => all.filter(named('GET')).length == 3)
    await tab.press('#b', 'Enter')
    await find({ name: 'keydown button#b' })
    await site.until((all) => all.filter(named('GET')).length >= 6)
    await flush()
    const roots = site.spans().filter(({ kind, parentSpanId }) => kind == 1 && !parentSpanId)
    expect(roots.map(({ name }) => name)).toEqual(['pointerdown button#b', 'keydown button#b'])
    for (const request of site.spans().filter(named('GET')))
      expect(roots.map(({ spanId }) => spanId)).toContain(request.parentSpanId)
  })

  test('begins when the button comes up, where only the click does work', async () => {
    const { tab, open, start, find } = ground()
    await open(`<button id="b" onclick="kept.at = event.timeStamp; fetch('/api/200')">x</button>`)
    await start(['interactionSpans', 'fetchSpans'])
    await tab.click('#b')
    const click = await find({ name: 'click button#b' })
    const at = await tab.run(() => performance.timeOrigin + (window.kept['at'] as number))
    expect(Math.abs(click.start - at)).toBeLessThan(2)
  })

  test('made by script is none', async () => {
    const { site, tab, open, start, flush } = ground()
    await open(buy)
    await start(['interactionSpans', 'fetchSpans'])
    await tab.run(async () => {
      document.querySelector<HTMLElement>('#buy')!.click()
      await window.kept['done']
    })
    await flush()
    const [request] = await site.until((all) => all.some(named('GET')))
    expect(request!.parentSpanId).toBeUndefined()
  })

  test('leaves nothing active behind, also where the page stops the event', async () => {
    const { tab, open, start, find } = ground()
    await open(
      `<button id="stop" onclick="event.stopImmediatePropagation(); kept.r = fetch('/api/200')">x</button>`,
    )
    await start(['interactionSpans', 'fetchSpans'])
    await tab.click('#stop')
    await find({ name: 'click button#stop' })
    expect(await tab.run(() => window.tracing.active() === undefined)).toBe(true)
  })
})

describeInBrowsers('web vitals', (ground, engine) => {
  test('are spans of the page load, in the browser conventions', async () => {
    const { site, tab, open, start, flush } = ground()
    await open(
      '<h1>A shop with a heading that is large enough to be seen</h1><button id="b">x</button>',
    )
    await start(['loadSpans', 'webVitals'])
    await tab.run(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))))
    await tab.click('#b')
    const expected = engine == 'webkit' ? ['fcp', 'ttfb'] : ['fcp', 'lcp', 'ttfb']
    const seen = (all: ReceivedSpan[]) =>
      all.flatMap(({ events }) =>
        events
          .filter(({ name }) => name == 'browser.web_vital')
          .map(({ attributes }) => attributes),
      )
    const names = (all: ReceivedSpan[]) => seen(all).map((it) => it['browser.web_vital.name'])
    await flush()
    await tab.run(() => new Promise((done) => setTimeout(done, 100)))
    await flush()
    const all = await site.until((it) => expected.every((name) => names(it).includes(name)))
    const load = all.find(named('page load'))!
    for (const span of all.filter(({ name }) => name.startsWith('web vital')))
      expect(span).toMatchObject({ traceId: load.traceId, parentSpanId: load.spanId })
    const of = (name: string) => seen(all).find((it) => it['browser.web_vital.name'] == name)
    if (engine != 'webkit') expect(of('lcp')!['lightspan.web_vital.target']).toBe('h1')
    for (const attributes of seen(all))
      expect(attributes).toMatchObject({
        'browser.web_vital.value': expect.any(Number) as number,
        'browser.web_vital.rating': expect.stringMatching(
          /^(good|needs-improvement|poor)$/,
        ) as string,
      })
  })
})

describeInBrowsers(
  'errors',
  (ground) => {
    test('that nobody caught are exception events of their own spans', async () => {
      const { tab, open, start, find } = ground()
      await open()
      await start(['errorSpans'])
      await tab.run(async () => {
        setTimeout(() => {
          throw new RangeError('uncaught')
        })
        void Promise.reject(new TypeError('unhandled'))
        await new Promise((done) => setTimeout(done, 50))
      })
      for (const [type, message] of [
        ['RangeError', 'uncaught'],
        ['TypeError', 'unhandled'],
      ]) {
        const span = await find((it) => it.attributes['error.type'] === type)
        expect(span).toMatchObject({ name: 'uncaught exception', status: 2 })
        expect(span.events[0]).toMatchObject({
          name: 'exception',
          attributes: {
            'exception.type': type,
            'exception.message': message,
            'exception.stacktrace': expect.stringMatching(/./) as string,
          },
        })
      }
    })

    test('of a click belong to the click', async () => {
      const { tab, open, start, find } = ground()
      await open(`<button id="b" onclick="throw new Error('in the handler')">x</button>`)
      await start(['interactionSpans', 'errorSpans'])
      await tab.click('#b')
      const click = await find({ name: 'click button#b' })
      expect(click.status).toBe(2)
      expect(click.events[0]!.attributes['exception.message']).toBe('in the handler')
    })

    test('reach the page as before', async () => {
      const { tab, open, start } = ground()
      await open()
      await start(['errorSpans'])
      const errors = await tab.run(async () => {
        setTimeout(() => {
          throw new Error('seen by the page')
        })
        await new Promise((done) => setTimeout(done, 50))
        return window.errors
      })
      expect(errors).toEqual([expect.stringContaining('seen by the page')])
    })

    test('without end are recorded a hundred times and no more', async () => {
      const { site, tab, open, start, flush } = ground()
      await open()
      await start(['errorSpans'])
      await tab.run(async () => {
        for (let at = 0; at < 150; at++)
          dispatchEvent(new ErrorEvent('error', { message: `no ${at}` }))
        await new Promise((done) => setTimeout(done, 50))
      })
      await flush()
      await site.until((all) => all.length >= 100)
      await tab.run(() => window.tracing.span('last', () => {}))
      await flush()
      expect(await site.until((all) => all.some(named('last')))).toHaveLength(101)
    })

    test('of resources that do not load name the resource, and are no exception', async () => {
      const { site, tab, open, start, find } = ground()
      await open()
      await start(['errorSpans'])
      await tab.run(() => {
        const image = new Image()
        image.src = '/api/404?token=secret'
        document.body.append(image)
      })
      expect(await find({ name: 'resource error' })).toMatchObject({
        status: 2,

        attributes: {
          'url.full': `${site.origin}/api/404?token=REDACTED`,
          'error.type': 'img',
        },
      })
    })

    test('that repeat at once are one, and tell what caused them', async () => {
      const { site, tab, open, start, find, flush } = ground()
      await open()
      await start(['errorSpans'])
      await tab.run(async () => {
        const cause = new RangeError('the root of it, at https://a.example/x?token=secret')
        const error = new TypeError('on top', { cause })
        for (let at = 0; at < 5; at++)
          dispatchEvent(new ErrorEvent('error', { error, message: 'x' }))
        await new Promise((done) => setTimeout(done, 50))
      })
      const { events } = await find({ status: 2 })
      const { attributes } = events.find(({ name }) => name == 'exception')!
      expect(attributes['exception.stacktrace']).toContain('Caused by: RangeError: the root of it')
      expect(JSON.stringify(attributes)).not.toContain('secret')
      await flush()
      expect(site.spans().filter(({ status }) => status == 2)).toHaveLength(1)
    })
  },
  { tolerate: true },
)
