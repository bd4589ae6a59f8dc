// What belongs to an interaction: all that the engine does at once with a click or key, and nothing of what scripts do.

import { expect, test } from 'vitest'
import { describeInBrowsers } from '../kit/in-browsers.ts'

const all = ['interactionSpans', 'navigationSpans', 'fetchSpans', 'errorSpans', 'inferredContext']

describeInBrowsers('a click by script within a handler', (ground) => {
  test('leaves the rest of that in its interaction', async () => {
    const { tab, open, start, find } = ground()
    await open(`<a id="a" href="#a">x</a><button id="b">x</button><script>
      a.onclick = () => false
      b.onclick = () => { a.click(); tracing.span('after', () => {}) }</script>`)
    await start(all)
    await tab.click('#b')
    const { spanId } = await find({ name: 'click button#b' })
    expect(await find({ name: 'after' })).toMatchObject({ parentSpanId: spanId })
  })
})
