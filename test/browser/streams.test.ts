// Streams: responses that go on after the span of their request has ended, as spans of their own.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'
import type { ReceivedSpan } from '../kit/received.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

const more = '<script src="/lightspan-more.js"></script>'

// 4.5 s: the span of a request waits 3 s for the last byte
const long = '/api/200?stream=150'

const about =
  (name: string, part: string) =>
  (span: ReceivedSpan): boolean =>
    span.name == name && `${span.attributes['url.full'] as string}`.includes(part)

describeInBrowsers('a response that streams', (ground, engine) => {
  test('for long is a span from the end of its request to its last byte, beside it and linked to it', async () => {
    const { site, tab, open, start, find, flush } = ground()
    await open(more)
    await start(['fetchSpans', 'streamSpans'])
    const texts = await tab.run((url: string) => {
      const read = async (more: string) => (await fetch(url + more, { cache: 'no-store' })).text()
      return Promise.all([
        window.tracing.span('app', () => read('&of=app')),
        read('&alone=1'),
        read('&twice=1'),
        read('&twice=1'),
        fetch('/api/200?short=1').then((it) => it.text()),
      ]).then((all) => all.map(({ length }) => length))
    }, long)
    expect(texts).toEqual([902, 902, 902, 902, 2])
    const app = await find({ name: 'app' })
    const request = await find(about('GET', 'of='))
    const stream = await find(about('GET stream', 'of='))
    expect(request.attributes['lightspan.ended_at']).toBe('headers')
    expect(stream).toMatchObject({
      kind: 1,
      status: 0,
      traceId: app.traceId,
      parentSpanId: app.spanId,
      links: [{ traceId: request.traceId, spanId: request.spanId }],
      attributes: {
        'url.full': request.attributes['url.full'], // WebKit counts the frames of HTTP/1.1's chunks too
        'http.response.body.size': engine == 'webkit' ? 1662 : 902,
      },
    })
    expect(stream.start).toBeCloseTo(request.end, 1)
    expect(stream.end - request.start).toBeGreaterThan(4000)
    expect(stream.attributes['lightspan.ended_by']).toBeUndefined()
    const alone = await find(about('GET', 'alone='))
    expect(await find(about('GET stream', 'alone='))).toMatchObject({
      traceId: alone.traceId,
      parentSpanId: alone.spanId,
    })
    await flush()
    // of two for one address nobody knows which entry is whose
    expect(site.spans().filter(about('GET', 'twice='))).toHaveLength(2)
    expect(site.spans().filter(({ name }) => name == 'GET stream')).toHaveLength(2)
  })

  test('as the page goes is a span that ends there, and one that was cancelled ends where it was', async () => {
    const { site, tab, open, start, find, flush } = ground()
    await open(more)
    await start(['fetchSpans', 'streamSpans'])
    await tab.run((url: string) => {
      const { signal } = (window.kept['control'] = new AbortController())
      void fetch(url + '&left=1')
      fetch(url + '&cancelled=1', { signal })
        .then((it) => it.text())
        .catch(() => {})
    }, long)
    await find(about('GET', 'left='))
    await find(about('GET', 'cancelled='))
    await tab.run(() => (window.kept['control'] as AbortController).abort())
    await flush()
    await tab.go(site.page('/next', ''))
    const stream = await find(about('GET stream', 'left='))
    // Firefox ends it itself, where its last piece came, and tells its entry before it says that the page goes
    expect(stream.attributes['lightspan.ended_by']).toBe(engine == 'firefox' ? undefined : 'leave')
    expect(stream.end - stream.start).toBeGreaterThanOrEqual(engine == 'firefox' ? 0 : 1)
    // WebKit has no entry for it, so that nobody can tell it from one that goes on
    const cancelled = await find(about('GET stream', 'cancelled='))
    expect(cancelled.attributes['lightspan.ended_by']).toBe(
      engine == 'webkit' ? 'leave' : undefined,
    )
  })

  test('is left alone after stop(), and nothing of the page is changed', async () => {
    const { site, tab, open, start, find } = ground()
    await open(more)
    const native = await tab.run(() => {
      window.kept['fetch'] = fetch
      return [fetch.name, Object.getOwnPropertyNames(Response.prototype).length]
    })
    await start(['fetchSpans', 'streamSpans'])
    await tab.run((url: string) => {
      window.kept['text'] = fetch(url).then((it) => it.text())
    }, long)
    const request = await find({ name: 'GET' })
    expect(request.attributes['lightspan.ended_at']).toBe('headers')
    const after = await tab.run(async () => {
      window.tracing.stop()
      const { length } = await (window.kept['text'] as Promise<string>)
      return [
        fetch === window.kept['fetch'],
        [fetch.name, Object.getOwnPropertyNames(Response.prototype).length],
        length,
      ]
    })
    expect(after).toEqual([true, native, 902])
    expect(site.spans().map(({ name }) => name)).toEqual(['GET'])
  })
})
