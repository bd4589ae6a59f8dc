// What an application asks for by import: GraphQL operations, the page's lifecycle, console.error.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

const more = '<script src="/lightspan-more.js"></script>'

describeInBrowsers('graphqlOperations', (ground) => {
  test('names the operation of a request whose body is text, and takes nothing else from it', async () => {
    const { site, tab, open, start } = ground()
    await open(more)
    await start(['fetchSpans', 'graphqlOperations'])
    const bodies = [
      { query: 'query Cart($id: ID = "query No {") { cart(id: $id) { query { mutation } } }' },
      { query: 'query A { a } mutation B($x: In = {y: 1}) { b }', operationName: 'B' },
      { query: '# query Comment\nsubscription News { news }', variables: { token: 'secret' } },
      { query: '{ shorthand }' },
      { query: 'fragment F on query { a } query G { ...F }' },
      { operationName: 'Persisted', extensions: { persistedQuery: { sha256Hash: 'x' } } },
      { query: 'query A { a } query B { b }' },
      [{ query: 'query A { a }' }, { query: 'query B { b }' }],
      { operationName: { toString: 'no' }, query: 7 },
      null,
    ]
    const received = await tab.run(async (list) => {
      const post = (body: BodyInit, url = '/graphql') => fetch(url, { method: 'POST', body })
      for (const [at, body] of list.entries()) await post(JSON.stringify(body), `/graphql?at=${at}`)
      await post('not JSON', '/graphql?at=10')
      await post(new Blob([JSON.stringify(list[0])]), '/graphql?at=11')
      await post(JSON.stringify(list[0]), '/elsewhere?at=12')
      const request = new Request('/graphql?at=13', {
        method: 'POST',
        body: JSON.stringify(list[0]),
      })
      await fetch(request)
      await fetch('/graphql?at=14')
      return request.bodyUsed
    }, bodies)
    expect(received).toBe(true)
    const spans = await site.until((all) => all.length == 15)
    const said = site.requests.map(({ headers }) => {
      const id = `${headers['traceparent']}`.split('-')[2]
      const { attributes } = spans.find(({ spanId }) => spanId == id)!
      return [attributes['graphql.operation.type'], attributes['graphql.operation.name']]
    })
    const none = [undefined, undefined]
    expect(said).toEqual([
      ['query', 'Cart'],
      ['mutation', 'B'],
      ['subscription', 'News'],
      ['query', undefined],
      ['query', 'G'],
      [undefined, 'Persisted'],
      ...Array.from({ length: 9 }, () => none),
    ])
    expect(site.requests.map(({ body }) => body).slice(0, 10)).toEqual(
      bodies.map((body) => JSON.stringify(body)),
    )
    expect(JSON.stringify(spans)).not.toContain('secret')
    await tab.run(() => window.tracing.stop())
    expect(await tab.run(() => /native code/.test(String(fetch)))).toBe(true)
  })
})

describeInBrowsers('lifecycleSpans', (ground) => {
  test('tells when the page was hidden and shown, on the view too while it is going on', async () => {
    const { tab, open, start, find } = ground()
    await open(more)
    await start(['loadSpans', 'lifecycleSpans'])
    await tab.run(async () => {
      let state = 'hidden'
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
      await new Promise((later) => setTimeout(later, 50))
      state = 'visible'
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
      dispatchEvent(new Event('offline'))
    })
    const load = await find({ name: 'page load' })
    const hidden = await find({ name: 'page hidden' })
    const visible = await find({ name: 'page visible' })
    const offline = await find({ name: 'page offline' })
    for (const span of [hidden, visible, offline])
      expect(span).toMatchObject({
        parentSpanId: undefined,
        links: [{ spanId: load.spanId }],
        end: span.start,
      })
    expect(visible.attributes['lightspan.lifecycle.after']).toBeGreaterThan(45)
    expect(offline.attributes['lightspan.lifecycle.state']).toBe('offline')
  })

  test('marks a page load that went on while nobody was looking', async () => {
    const { tab, site, find } = ground()
    const address = site.page(
      '/',
      `<script>errors = []</script><script src="/lightspan.js"></script>${more}<script>
      tracing = lightspan.start({ service: 'page', url: '/v1/spans',
        instrumentations: [lightspan.loadSpans(), lightspan.lifecycleSpans()] })
      dispatchEvent(new Event('offline'))</script>`,
    )
    await tab.go(address)
    await tab.run(() =>
      new Promise((later) => setTimeout(later)).then(() => window.tracing.flush()),
    )
    const load = await find({ name: 'page load' })
    expect(load.events.find(({ name }) => name == 'lightspan.lifecycle')?.attributes).toMatchObject(
      { 'lightspan.lifecycle.state': 'offline' },
    )
  })
})

describeInBrowsers('consoleErrors', (ground) => {
  test('records what the page complains of, and the console hears the same', async () => {
    const { site, tab, find } = ground()
    const script = `<script>errors = []; heard = []
      console.error = { error(...args) { heard.push([this === console, ...args]) } }.error</script>`
    await tab.go(site.page('/', `${script}<script src="/lightspan.js"></script>${more}`))
    const { start } = ground()
    await start(['consoleErrors'])
    const result = await tab.run(() => {
      const { heard } = window as unknown as { heard: unknown[][] }
      const error = new RangeError('too much')
      const hostile = {
        get secret() {
          throw new Error('looked into')
        },
        toString: () => {
          throw new Error('made text')
        },
      }
      window.tracing.span('active', () => console.error('failed:', error))
      console.error('%s is %d%c', 'cart', 3, 'color: red', hostile)
      console.error('%s is %d%c', 'cart', 3, 'color: red', hostile)
      console.error()
      console.error(Symbol('s'))
      return [
        heard.length,
        heard[0]![0],
        heard[0]![2] === error,
        heard[1]!.slice(0, 5),
        heard[1]![5] === hostile,
        console.error.name,
        console.error.length,
      ]
    })
    expect(result).toEqual([
      5,
      true,
      true,
      [true, '%s is %d%c', 'cart', 3, 'color: red'],
      true,
      'error',
      0,
    ])
    const active = await find({ name: 'active' })
    expect(active.events[0]!.attributes).toMatchObject({
      'exception.type': 'RangeError',
      'exception.message': 'too much',
    })
    await site.until((all) => all.filter(({ name }) => name == 'console error').length == 3)
    const own = site.spans().filter(({ name }) => name == 'console error')
    expect(own[0]).toMatchObject({ status: 2, attributes: { 'error.type': 'console.error' } })
    expect(own.map(({ events }) => events[0]!.attributes['exception.message']).sort()).toEqual([
      'Symbol(s)',
      'cart is 3 [object]',
      'undefined',
    ])
  })

  test('looks native, survives a hook that complains itself, and gives the console back', async () => {
    const { site, tab, open } = ground()
    await open(more)
    const [native, during, after] = await tab.run(async () => {
      const look = () => [
        console.error.name,
        console.error.length,
        Function.prototype.toString.call(console.error).includes('[native code]'),
        'prototype' in console.error,
        JSON.stringify(Object.getOwnPropertyDescriptor(console, 'error')),
      ]
      const { error } = console
      const native = look()
      window.tracing = window.lightspan.start({
        instrumentations: [window.lightspan.consoleErrors()],
        service: 'page',
        url: '/v1/spans',
        beforeSend: (span) => {
          console.error('a hook that complains')
          return span
        },
      })
      const changed = console.error != error
      console.error('once')
      const during = look()
      window.tracing.stop()
      await window.tracing.flush()
      return [native, [changed, ...during], [console.error === error, ...look()]]
    })
    expect(during).toEqual([true, ...native!])
    expect(after).toEqual([true, ...native!])
    await site.span('console error')
  })
})
