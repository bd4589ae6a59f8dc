// The script tag for developers: traces as the other does, and warns of misuse in the console.

import { expect, test } from 'vitest'
import { describeInBrowsers } from '../kit/in-browsers.ts'
import type { Attributes, Lightspan } from 'lightspan'

declare const window: Window & {
  lightspan: typeof import('lightspan') & Lightspan
  warned: unknown[][]
}

const page = `<script>warned = []; console.warn = (...all) => void warned.push(all)</script>
<script src="/lightspan.development.js" data-service="shop" data-url="/v1/spans"></script>
<script src="/lightspan-more.js"></script>`

describeInBrowsers('lightspan.development.js', (ground) => {
  test('traces and says nothing where all is right, and warns once of what is not', async () => {
    const { site, tab, find } = ground()
    await tab.go(site.page('/', page))
    const right = await tab.run(async () => {
      window.lightspan.use(window.lightspan.longFrames())
      await window.lightspan.span('right', () => fetch('/api/200').then((it) => it.text()))
      window.lightspan.span('active', () => window.lightspan.active()?.setAttribute('a', 1))
      await window.lightspan.flush()
      return window.warned
    })
    expect(right).toEqual([])
    const own = await site.span('right')
    const request = await find(
      ({ attributes }) => attributes['url.full'] == `${site.origin}/api/200`,
    )
    expect(request).toMatchObject({ traceId: own.traceId, parentSpanId: own.spanId })
    expect((await site.span('active')).attributes['a']).toBe(1)
    const wrong = await tab.run(() => {
      for (const id of [10_001, 10_002]) window.lightspan.startSpan(`order ${id}`).end()
      const span = window.lightspan.startSpan('wrong')
      window.lightspan.addEvent(window.lightspan, 'made', {
        user: { id: 1 },
      } as never as Attributes)
      span.end()
      span.setAttribute('late', 1)
      window.lightspan.start({ service: 'shop', url: '/v1/spans', instrumentations: [] })
      return window.warned.map(([text]) => String(text))
    })
    expect(wrong).toEqual([
      expect.stringMatching(/^lightspan: startSpan\("order 10001"\): the name .* an id; expected/),
      expect.stringMatching(/the attribute "user" is an object; expected is text, a number/),
      expect.stringMatching(/setAttribute\(\) of the span "wrong": the span has ended/),
      expect.stringMatching(/^lightspan: start\(\): "shop" is running in this page already/),
    ])
  })
})
