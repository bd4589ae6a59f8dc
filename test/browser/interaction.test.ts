// What belongs to an interaction: all that the engine does at once with a click or key, and nothing of what scripts do.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'
import type { ReceivedSpan } from '../kit/received.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

const all = ['interactionSpans', 'navigationSpans', 'fetchSpans', 'errorSpans', 'inferredContext']

// A page of one form, which answers an event with a span of its own, a request and an error.
const form = (content: string, type: string) => `<form id="f">${content}</form><script>
  f.addEventListener('${type}', (event) => {
    event.preventDefault()
    tracing.span('app', () => {})
    kept.done = fetch('/api/200')
    throw new Error('of the app')
  })
  if ('${type}' != 'submit') f.onsubmit = () => false</script>`

describeInBrowsers(
  'what a page does',
  (ground) => {
    test.each([
      ['submit', 'a click', '<button id="it">x</button>'],
      ['submit', 'Enter', '<input id="it">'],
      ['change', 'a click', '<input type="checkbox" id="it">'],
      ['input', 'a', '<input id="it">'],
      ['keypress', 'a', '<input id="it">'],
    ])('at the %s that comes of %s belongs to that', async (type, input, content) => {
      const { tab, open, start, find } = ground()
      await open(form(content, type))
      await start(all)
      if (input == 'a click') await tab.click('#it')
      else await tab.press('#it', input)
      const cause = await find(({ name }) => /^(click|keydown) /.test(name))
      const { traceId, spanId } = cause
      expect(cause.status).toBe(2)
      for (const name of ['app', 'GET']) {
        const span = await find({ name })
        expect(span).toMatchObject({ traceId, parentSpanId: spanId })
        expect(span.attributes['lightspan.context']).toBeUndefined()
      }
      expect(await tab.run(() => window.tracing.active() === undefined)).toBe(true)
    })
  },
  { tolerate: true },
)

describeInBrowsers('a form that a script submits', (ground) => {
  test('in a handler leaves the rest of that in its interaction', async () => {
    const { tab, open, start, find } = ground()
    await open(`<form id="f"></form><button id="b">x</button><script>
      f.onsubmit = () => { tracing.span('inner', () => {}); return false }
      b.onclick = () => { f.requestSubmit(); tracing.span('after', () => {}) }</script>`)
    await start(all)
    await tab.click('#b')
    const { spanId } = await find({ name: 'click button#b' })
    expect(await find({ name: 'inner' })).toMatchObject({ parentSpanId: spanId })
    expect(await find({ name: 'after' })).toMatchObject({ parentSpanId: spanId })
  })

  test('on its own is no interaction’s, though one came before', async () => {
    const { tab, open, start, find } = ground()
    await open(`<form id="f"></form><button id="b">x</button><script>
      f.onsubmit = () => { tracing.span('app', () => {}); return false }
      b.onclick = () => { setTimeout(() => f.requestSubmit(), 50) }</script>`)
    await start(all)
    await tab.click('#b')
    expect((await find({ name: 'app' })).parentSpanId).toBeUndefined()
  })
})

describeInBrowsers('a link', (ground) => {
  const navigation = ({ name }: ReceivedSpan) => name.startsWith('navigation')

  test('within the page is a click that causes its navigation', async () => {
    const { tab, open, start, find } = ground()
    await open('<a id="a" href="#/products"><b id="in">x</b></a>')
    await start(all)
    await tab.click('#a')
    const { traceId, spanId } = await find({ name: 'click b#in' })
    expect(await find(navigation)).toMatchObject({ traceId, parentSpanId: spanId })
    expect(await tab.run(() => window.tracing.active() === undefined)).toBe(true)
  })

  test('does not cause what a script navigates to later', async () => {
    const { tab, open, start, find } = ground()
    await open(`<a id="a" href="#here">x</a><script>
      a.onclick = (event) => { event.preventDefault(); setTimeout(() => (location.hash = 'there'), 50) }</script>`)
    await start(all)
    await tab.click('#a')
    expect((await find(navigation)).parentSpanId).toBeUndefined()
  })
})

describeInBrowsers(
  'a link that the Navigation API handles',
  (ground) => {
    test('is a click that causes the navigation, and what its handler starts', async () => {
      const { tab, open, start, find } = ground()
      await open(`<a id="a" href="/p">x</a><script>navigation.addEventListener('navigate', (event) =>
        event.canIntercept && event.intercept({ handler: () => fetch('/api/200') }))</script>`)
      await start(all)
      await tab.click('#a')
      const { traceId, spanId } = await find({ name: 'click a#a' })
      expect(await find({ name: 'navigation /p' })).toMatchObject({ traceId, parentSpanId: spanId })
      expect(await find({ name: 'GET' })).toMatchObject({ traceId })
    })
  },
  { only: ['chromium', 'firefox'] },
)

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

describeInBrowsers(
  'an element of another frame',
  (ground) => {
    test('has a name like any other', async () => {
      const { tab, open, start, find } = ground()
      await open(`<iframe></iframe><script>
      const { contentDocument } = document.querySelector('iframe')
      const button = contentDocument.createElement('button')
      button.id = button.textContent = 'foreign'
      button.onclick = () => tracing.span('work', () => {})
      document.body.prepend(button)</script>`)
      await start(all)
      await tab.click('#foreign')
      await find({ name: 'click button#foreign' })
    })
  },
  // other drivers than Chromium's know no such element
  { only: ['chromium'] },
)
