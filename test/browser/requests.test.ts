// Spans of fetch and XMLHttpRequest, and what the page and the server see of us.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'

declare const window: Window & PageGlobals

describeInBrowsers('fetch', (ground) => {
  test('gives a client span in the stable HTTP conventions', async () => {
    const { site, tab, open, start, find } = ground()
    await open()
    await start(['fetchSpans'])
    await tab.run(async () => {
      await (await fetch('/api/201?ms=40&bytes=500', { method: 'post', body: 'x' })).text()
    })
    const span = await find({ name: 'POST' })
    expect(span).toMatchObject({
      kind: 3,
      status: 0,
      parentSpanId: undefined,
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 201,
        'url.full': `${site.origin}/api/201?ms=REDACTED&bytes=REDACTED`,
        'server.address': '127.0.0.1',
        'server.port': Number(new URL(site.origin).port),
      },
    })
    expect(span.end - span.start).toBeGreaterThanOrEqual(35)
    expect(site.requests[0]!.headers['traceparent']).toBe(`00-${span.traceId}-${span.spanId}-03`)
    expect(site.requests[0]!.body).toBe('x')
  })

  test('ends with the last byte, not with the headers', async () => {
    const { tab, open, start, find } = ground()
    await open()
    await start(['fetchSpans'])
    const headers = await tab.run(async () => {
      const before = performance.now()
      const response = await fetch('/api/200?stream=5')
      const at = performance.now() - before
      await response.text()
      return at
    })
    const span = await find({ name: 'GET' })
    expect(span.attributes['lightspan.ended_at']).toBeUndefined()
    expect(span.end - span.start).toBeGreaterThan(headers + 60)
  })

  test('marks 4xx and 5xx as failed', async () => {
    const { tab, open, start, find } = ground()
    await open()
    await start(['fetchSpans'])
    await tab.run(() => fetch('/api/503').then((it) => it.text()))
    expect(await find({ name: 'GET' })).toMatchObject({
      status: 2,
      attributes: { 'error.type': '503', 'http.response.status_code': 503 },
    })
  })

  test('marks a network failure, and rejects as the platform does', async () => {
    const { tab, open, start, find } = ground()
    await open()
    await start(['fetchSpans'])
    const name = await tab.run(() =>
      fetch('/api/reset').catch((error: unknown) => (error as Error).name),
    )
    expect(name).toBe('TypeError')
    expect(await find({ name: 'GET' })).toMatchObject({
      status: 2,
      attributes: { 'error.type': 'TypeError' },
    })
  })

  test('takes an abort for what it is: no error', async () => {
    const { tab, open, start, find } = ground()
    await open()
    await start(['fetchSpans'])
    const name = await tab.run(async () => {
      const stop = new AbortController()
      setTimeout(() => stop.abort(), 30)
      return fetch('/api/hang', { signal: stop.signal }).catch(
        (error: unknown) => (error as Error).name,
      )
    })
    expect(name).toBe('AbortError')
    expect(await find({ name: 'GET' })).toMatchObject({
      status: 0,
      attributes: { 'lightspan.ended_by': 'abort' },
    })
  })

  test('sends no header to another origin, unless it is allowed', async () => {
    const { site, tab, open, start } = ground()
    await open()
    await start(['fetchSpans'])
    await tab.run((url: string) => fetch(url).then((it) => it.text()), site.other + '/api/200')
    expect(site.requests.at(-1)!.headers).not.toHaveProperty('traceparent')
    await open()
    await start(['fetchSpans'], { propagateTo: [site.other] })
    await tab.run((url: string) => fetch(url).then((it) => it.text()), site.other + '/api/200')
    expect(site.requests.at(-1)!.headers).toHaveProperty('traceparent')
  })

  test('sends no header again on a route that leads to an origin which refuses it', async () => {
    const { site, tab, open, start } = ground()
    await open()
    await start(['fetchSpans'])
    // `/api/closed` refuses the preflight that a header of ours asks for, and any answer to other origins
    const ask = (name: string) =>
      tab.run(
        (url: string) =>
          fetch(url, { mode: 'cors' }).then(
            () => 'answered',
            () => 'failed',
          ),
        `/api/${name}?to=${encodeURIComponent(`${site.other}/api/closed`)}`,
      )
    await ask('download')
    await ask('download')
    await ask('other')
    const asked = site.requests.filter(({ url }) => url.includes('to='))
    expect(asked.map(({ headers }) => !!headers['traceparent'])).toEqual([true, false, true])
  })

  test('counts a sandboxed frame among other origins, which it is', async () => {
    const { site, tab, until } = ground()
    const inner = `<script src="${site.origin}/lightspan.js"></script><script>
      lightspan.start({ service: 'frame', url: '${site.origin}/v1/spans', instrumentations: [lightspan.fetchSpans()] })
      fetch('${site.origin}/api/200').then(({ status }) => parent.postMessage(status, '*'), () => parent.postMessage(0, '*'))</script>`
    site.page('/frame', inner)
    await tab.go(
      site.page(
        '/',
        `<script>kept = {}; addEventListener('message', ({ data }) => (kept.status = data))</script>
        <iframe sandbox="allow-scripts" src="/frame"></iframe>`,
      ),
    )
    await until(() => 'status' in window.kept)
    expect(await tab.run(() => window.kept['status'])).toBe(200)
    expect(site.requests.map(({ headers }) => 'traceparent' in headers)).toEqual([false])
  })

  test('leaves the trace context alone that the app sends itself', async () => {
    const { site, tab, open, start } = ground()
    await open()
    await start(['fetchSpans'])
    await tab.run(() => fetch('/api/200', { headers: { traceparent: 'mine' } }))
    expect(site.requests.at(-1)!.headers['traceparent']).toBe('mine')
  })

  test('keeps method, headers, body and mode of a Request object', async () => {
    const { site, tab, open, start } = ground()
    await open()
    await start(['fetchSpans'])
    const used = await tab.run(async () => {
      const request = new Request('/api/200', {
        method: 'PUT',
        body: 'a body',
        headers: { 'x-app': 'yes', 'content-type': 'text/x-app' },
      })
      await fetch(request)
      return request.bodyUsed
    })
    expect(used).toBe(true)
    const seen = site.requests.at(-1)!
    expect(seen).toMatchObject({ method: 'PUT', body: 'a body' })
    expect(seen.headers).toMatchObject({ 'x-app': 'yes', 'content-type': 'text/x-app' })
    expect(seen.headers).toHaveProperty('traceparent')
  })

  test('rejects exactly once, with no second unhandled rejection', async () => {
    const { tab, open, start } = ground()
    await open()
    await start(['fetchSpans'])
    const reasons = await tab.run(async () => {
      const seen: string[] = []
      addEventListener(
        'unhandledrejection',
        (event) => {
          event.stopImmediatePropagation()
          event.preventDefault()
          seen.push((event.reason as Error).name)
        },
        { capture: true },
      )
      window.errors.length = 0
      void fetch('/api/reset')
      const caught = fetch('/api/reset').catch(() => 'caught')
      await caught
      await new Promise((later) => setTimeout(later, 100))
      return seen
    })
    expect(reasons).toEqual(['TypeError'])
    await tab.run(() => (window.errors = []))
  })

  test('fails on bad arguments as the platform does', async () => {
    const { tab, open, start } = ground()
    await open()
    const attempt = () =>
      tab.run(() =>
        Promise.all(
          [
            () => fetch('http://['),
            () => (fetch as () => Promise<Response>)(),
            () => fetch('/', { method: 'TRACE' }),
          ].map((bad) =>
            bad().then(
              String,
              (error: unknown) => (error as Error).name + (error as Error).message,
            ),
          ),
        ),
      )
    const native = await attempt()
    await start(['fetchSpans'])
    expect(await attempt()).toEqual(native)
  })

  test('looks like the native function', async () => {
    const { tab, open, start } = ground()
    await open()
    const look = () => tab.run(() => [fetch.name, fetch.length, typeof fetch])
    const native = await look()
    await start(['fetchSpans'])
    expect(await look()).toEqual(native)
  })
})

describeInBrowsers('XMLHttpRequest', (ground) => {
  const send = (method: string, url: string, more: string[] = []) => {
    const { tab } = ground()
    return tab.run(
      (how: string, where: string, marks: string[]) =>
        new Promise<string>((resolve) => {
          const xhr = new XMLHttpRequest()
          xhr.open(how, where)
          if (marks.includes('timeout')) xhr.timeout = 40
          xhr.onloadend = () => resolve(xhr.responseText + xhr.status)
          xhr.send(how == 'GET' ? null : 'body')
          if (marks.includes('abort')) setTimeout(() => xhr.abort(), 30)
        }),
      method,
      url,
      more,
    )
  }

  test('gives a client span, and the server its context', async () => {
    const { site, open, start, find } = ground()
    await open()
    await start(['xhrSpans'])
    expect(await send('POST', '/api/200?ms=30')).toBe('xx200')
    const span = await find({ name: 'POST' })
    expect(span).toMatchObject({
      kind: 3,
      status: 0,
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'url.full': `${site.origin}/api/200?ms=REDACTED`,
      },
    })
    expect(span.end - span.start).toBeGreaterThanOrEqual(25)
    expect(site.requests[0]!.headers['traceparent']).toBe(`00-${span.traceId}-${span.spanId}-03`)
    expect(site.requests[0]!.body).toBe('body')
  })

  test.each([
    ['a status of the server', '/api/500', [], { 'error.type': '500' }, 2],
    ['a lost connection', '/api/reset', [], { 'error.type': 'error' }, 2],
    ['a timeout', '/api/hang', ['timeout'], { 'error.type': 'timeout' }, 2],
    ['an abort', '/api/hang', ['abort'], { 'lightspan.ended_by': 'abort' }, 0],
  ])('tells %s', async (_, url, marks, attributes, status) => {
    const { open, start, find } = ground()
    await open()
    await start(['xhrSpans'])
    await send('GET', url, marks)
    expect(await find({ name: 'GET' })).toMatchObject({ status, attributes })
  })

  test('traces synchronous requests too', async () => {
    const { tab, open, start, find } = ground()
    await open()
    await start(['xhrSpans'])
    const text = await tab.run(() => {
      const xhr = new XMLHttpRequest()
      xhr.open('GET', '/api/200', false)
      xhr.send()
      return xhr.responseText
    })
    expect(text).toBe('xx')
    expect(await find({ name: 'GET' })).toMatchObject({ status: 0 })
  })

  test('gives each use of a reused object its own span', async () => {
    const { site, tab, open, start, flush } = ground()
    await open()
    await start(['xhrSpans'])
    await tab.run(async () => {
      const xhr = new XMLHttpRequest()
      for (const url of ['/api/200?n=1', '/api/404?n=2', '/api/200?n=3']) {
        xhr.open('GET', url)
        await new Promise((done) => {
          xhr.onloadend = done
          xhr.send()
        })
      }
    })
    await flush()
    const spans = await site.until((all) => all.length == 3)
    expect(spans.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([
      200, 404, 200,
    ])
    expect(new Set(site.requests.map(({ headers }) => headers['traceparent'])).size).toBe(3)
  })

  test('leaves the trace context alone that the app sends itself', async () => {
    const { site, tab, open, start } = ground()
    await open()
    await start(['xhrSpans'])
    await tab.run(
      () =>
        new Promise((done) => {
          const xhr = new XMLHttpRequest()
          xhr.open('GET', '/api/200')
          xhr.setRequestHeader('TraceParent', 'mine')
          xhr.onloadend = () => done(null)
          xhr.send()
        }),
    )
    expect(site.requests.at(-1)!.headers['traceparent']).toBe('mine')
  })

  test('knows each of several requests of one object that is used again as it is done', async () => {
    const { site, tab, open, start, flush } = ground()
    await open()
    await start(['xhrSpans'])
    for (const event of ['load', 'readystatechange'])
      await tab.run(
        (type: string) =>
          new Promise((done) => {
            const xhr = new XMLHttpRequest()
            let n = 0
            xhr.addEventListener(type, () => {
              if (xhr.readyState != 4) return
              if (++n == 3) return setTimeout(done)
              xhr.open('GET', `/api/${n == 1 ? 404 : 201}?n=${n}`)
              xhr.send()
            })
            xhr.open('GET', '/api/200')
            xhr.send()
          }),
        event,
      )
    await flush()
    const spans = await site.until((all) => all.length == 6)
    expect(
      spans.map(({ attributes: it }) => [
        it['http.response.status_code'],
        it['lightspan.ended_by'],
      ]),
    ).toEqual([200, 404, 201, 200, 404, 201].map((status) => [status, undefined]))
  })

  test('ends where a listener of the page keeps `load` from all others', async () => {
    const { tab, open, start, find } = ground()
    await open()
    await start(['xhrSpans'])
    await tab.run(() =>
      new Promise((done) => {
        const xhr = new XMLHttpRequest()
        xhr.open('GET', '/api/201')
        xhr.addEventListener('load', (event) => event.stopImmediatePropagation())
        xhr.addEventListener('loadend', done)
        xhr.send()
      }).then(() => 0),
    )
    const { attributes, status } = await find({ name: 'GET' })
    expect(status).toBe(0)
    expect(attributes).toMatchObject({ 'http.response.status_code': 201 })
    expect(attributes).not.toHaveProperty('lightspan.ended_by')
  })

  test('throws on misuse as the platform does', async () => {
    const { tab, open, start } = ground()
    await open()
    const attempt = () =>
      tab.run(() =>
        [
          (xhr: XMLHttpRequest) => xhr.send(),
          (xhr: XMLHttpRequest) => xhr.open('GET', 'http://['),
          (xhr: XMLHttpRequest) => xhr.open('bad method', '/'),
          (xhr: XMLHttpRequest) => xhr.setRequestHeader('a', 'b'),
        ].map((bad) => {
          try {
            bad(new XMLHttpRequest())
            return 'nothing'
          } catch (error) {
            return (error as Error).name
          }
        }),
      )
    const native = await attempt()
    await start(['xhrSpans'])
    expect(await attempt()).toEqual(native)
  })
})
