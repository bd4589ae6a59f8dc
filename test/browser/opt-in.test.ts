// What an application asks for by import: long frames, resources, user timing, reports, frustration.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

const more = '<script src="/lightspan-more.js"></script>'

const busy = (ms: number) =>
  `for (const end = performance.now() + ${ms}; performance.now() < end;);`

describeInBrowsers('opt-in', (ground, engine) => {
  test('long frames are children of their interaction, with their scripts', async () => {
    const { site, tab, open, start, find, flush } = ground()
    await open(`${more}<button id="b">x</button><script>
      b.onclick = function work() { ${busy(120)}; fetch('/api/200') }</script>`)
    await start(['interactionSpans', 'fetchSpans', 'longFrames'])
    await tab.click('#b')
    const click = await find({ name: 'click button#b' })
    if (engine != 'chromium') {
      // no engine but Chromium tells of frames
      await flush()
      expect(site.spans().some(({ name }) => name == 'long animation frame')).toBe(false)
      return
    }
    // the page load may have had one of its own
    const frame = await find({ name: 'long animation frame', parentSpanId: click.spanId })
    expect(frame.traceId).toBe(click.traceId)
    // listeners of ours are scripts too, on a slow machine
    const script = await find(
      (span) => span.attributes['lightspan.script.invoker'] == 'BUTTON#b.onclick',
    )
    expect(script).toMatchObject({
      parentSpanId: frame.spanId,
      attributes: {
        'code.file.path': site.origin + '/',
        'lightspan.script.invoker': 'BUTTON#b.onclick',
      },
    })
    expect(script.end - script.start).toBeGreaterThan(100)
  })

  test('long tasks are told where the engine knows no frames', async () => {
    const { site, tab, open, start, find, flush } = ground()
    // as Chromium before 123
    await open(`${more}<button id="b">x</button><script>
      const known = PerformanceObserver.supportedEntryTypes
      Object.defineProperty(PerformanceObserver, 'supportedEntryTypes', {
        value: known.filter((it) => it != 'long-animation-frame') })
      b.onclick = () => { ${busy(120)}; fetch('/api/200') }</script>`)
    await start(['interactionSpans', 'fetchSpans', 'longFrames'])
    await tab.click('#b')
    const click = await find({ name: 'click button#b' })
    if (engine != 'chromium') {
      await flush()
      expect(site.spans().some(({ name }) => name == 'long task')).toBe(false)
      return
    }
    const task = await find({ name: 'long task', parentSpanId: click.spanId })
    expect(task.attributes['lightspan.task.culprit']).toBe('self')
    const { end, start: began } = task
    expect(end - began).toBeGreaterThanOrEqual(120)
    expect(task.attributes['lightspan.frame.blocking_duration']).toBeCloseTo(end - began - 50, 2)
  })

  test('resources that fail or are slow are spans of the page load, the others a sum', async () => {
    const { tab, open, start, find } = ground()
    await open(
      more +
        '<img src="/api/200?ms=30&bytes=100"><img src="/api/200?n=2"><img src="/api/200?ms=700&slow=1">',
    )
    await start(['loadSpans', 'resourceSpans'])
    await tab.run(() => window.tracing.flush())
    const load = await find({ name: 'page load' })
    const slow = await find((span) => /slow=/.test(`${span.attributes['url.full'] as string}`))
    expect(slow).toMatchObject({ name: 'GET', traceId: load.traceId, parentSpanId: load.spanId })
    expect(slow.end - slow.start).toBeGreaterThan(600)
    const rest = await find({ name: 'resources' })
    const sum = rest.events.find((it) => it.attributes['lightspan.resource.type'] == 'img')!
    // Firefox counts the page's icon among its images
    expect(sum.attributes['lightspan.resource.count']).toBeGreaterThanOrEqual(2)
  })

  test('the resource of the largest paint is a span of the page load, however fast it was', async () => {
    const { site, tab, open, start, find, until } = ground()
    const picture = (name: string, width: number) =>
      `<img src="/picture/${name}" width="${width}" height="${width}">`
    await open(more + picture('hero', 300) + picture('small', 20))
    await until(() =>
      [...document.images].every(({ complete, naturalWidth }) => complete && naturalWidth),
    )
    await start(['loadSpans', 'resourceSpans'])
    const load = await find({ name: 'page load' })
    const rest = await find({ name: 'resources' })
    const about = (name: string) =>
      site
        .spans()
        .filter(({ attributes }) => attributes['url.full'] == `${site.origin}/picture/${name}`)
    const count = rest.events.find((it) => it.attributes['lightspan.resource.type'] == 'img')!
      .attributes['lightspan.resource.count'] as number
    // WebKit tells of no largest paint, Firefox counts the page's icon among its images
    if (engine == 'webkit') return expect(about('hero')).toEqual([])
    expect(about('hero')).toMatchObject([{ name: 'GET', parentSpanId: load.spanId }])
    expect(about('small')).toEqual([])
    expect(count).toBeGreaterThanOrEqual(1)
    // and one that comes when all has been counted
    await tab.run(() => {
      const image = new Image(600, 600)
      image.src = '/picture/late'
      document.body.prepend(image)
    })
    await find(({ attributes }) => `${attributes['url.full'] as string}`.endsWith('/late'))
    expect(about('late')).toMatchObject([{ name: 'GET', parentSpanId: load.spanId }])
  })

  test('measures and marks that are wanted are spans of what was going on', async () => {
    const { site, tab, open, find } = ground()
    await open(more)
    await tab.run(() => {
      window.tracing = window.lightspan.start({
        instrumentations: [],
        service: 'page',
        url: '/v1/spans',
      })
      window.tracing.use(window.lightspan.userTiming((name) => name.startsWith('app.')))
      performance.mark('app.begin')
      performance.mark('library')
      performance.measure('app.work', { start: 10, duration: 25 })
      return new Promise((later) => setTimeout(later, 50)).then(() => window.tracing.flush())
    })
    const work = await find({ name: 'measure app.work' })
    expect(work.end - work.start).toBeCloseTo(25, 1)
    await find({ name: 'mark app.begin' })
    expect(site.spans().some(({ name }) => name.includes('library'))).toBe(false)
  })

  test('violations of the content security policy are reported, without the query', async () => {
    const { site, tab, open, start, find } = ground()
    await open(more, { 'content-security-policy': "img-src 'none'" })
    await start(['reportSpans'])
    await tab.run(() => {
      const image = new Image()
      image.src = '/api/200?token=secret'
      document.body.append(image)
    })
    const report = await find({ name: 'report csp-violation' })
    expect(report.attributes['lightspan.report.id']).toBe('img-src')
    expect(JSON.stringify(site.spans())).not.toContain('secret')
  })

  test('clicks in anger and clicks without an answer are marked, others are not', async () => {
    const { site, tab, open, start, find } = ground()
    await open(`${more}<button id="dead">x</button>
      <button id="works" onclick="document.title = 'done'; this.dataset.done = 1">y</button>`)
    await start(['frustrationSpans'])
    await tab.click('#works')
    for (let at = 0; at < 3; at++) await tab.click('#dead')
    await find({ name: 'rage click button#dead' })
    const dead = await find({ name: 'dead click button#dead' })
    expect(dead.attributes['lightspan.inferred']).toBe(true)
    expect(site.spans().some(({ name }) => name.includes('works'))).toBe(false)
  })

  test.each([
    ['within a component', '<div id="it"></div>'],
    [
      'by a popover',
      '<button id="it" popovertarget="pop">x</button><p id="pop" popover="manual">y</p>',
    ],
  ])('no click is dead that is answered %s', async (_, content) => {
    const { site, tab, open, start, find } = ground()
    // what no click focuses, so that it is no answer to the click before
    const dead = '<p><span role="button" id="dead">x</span></p>'
    await open(`${more}${content}${dead}<script>
      if (it.localName == 'div')
        it.attachShadow({ mode: 'open' }).innerHTML = '<button onclick="this.append(1)">x</button>'
      </script>`)
    await start(['frustrationSpans'])
    await tab.click('#it')
    await tab.click('#dead')
    await find({ name: 'dead click button#dead' })
    expect(site.spans()).toHaveLength(1)
  })
})
