// Lightspan beside others in one page: another Lightspan, and other wrappers of fetch and XMLHttpRequest.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'
import type { ReceivedSpan } from '../kit/received.ts'

type Lightspan = import('lightspan').Lightspan

interface Kept {
  a: Lightspan
  b: Lightspan
  /** What wrappers saw, in order. */
  log: string[]
  /** Sends a request by XMLHttpRequest; resolves with its status. */
  xhr: (url: string) => Promise<number>
  /** Wraps fetch and XMLHttpRequest as other libraries do. */
  wrap: (name: string) => void
}

declare const window: Window & PageGlobals & { kept: Kept }

const more = `<script src="/lightspan-more.js"></script><button id="b" onclick="fetch('/api/200?n=click')">x</button>
<script>
  kept.log = []
  kept.xhr = (url) => new Promise((done) => {
    const xhr = new XMLHttpRequest()
    xhr.open('GET', url)
    xhr.onloadend = () => done(xhr.status)
    xhr.send()
  })
  kept.wrap = (name) => {
    const { fetch } = window
    const { send } = XMLHttpRequest.prototype
    window.fetch = (...args) => (kept.log.push(name + ' fetch ' + args[0]), fetch(...args))
    XMLHttpRequest.prototype.send = function (...args) {
      kept.log.push(name + ' send')
      return send.apply(this, args)
    }
  }
</script>`

describeInBrowsers('beside others', (ground) => {
  /** Starts a Lightspan that is kept under its service's name and sends to `/v1/<name>`. */
  const begin = (name: 'a' | 'b') =>
    ground().tab.run((service: 'a' | 'b') => {
      const { lightspan, kept } = window
      const make = lightspan as unknown as Record<string, () => import('lightspan').Instrumentation>
      const names = ['interactionSpans', 'fetchSpans', 'xhrSpans', 'beaconSpans']
      kept[service] = {
        // the script's own handle is one: each start replaces it
        ...lightspan.start({
          service,
          url: '/v1/' + service,
          instrumentations: names.map((it) => make[it]!()),
        }),
      }
    }, name)
  const isOf = (service: string) => (span: ReceivedSpan) => span.resource['service.name'] == service
  const isAbout = (url: string) => (span: ReceivedSpan) =>
    `${span.attributes['url.full'] as string}`.includes(url)
  const of = (service: string) => ground().site.spans().filter(isOf(service))
  /** The path of each request that a service has recorded. */
  const paths = (service: string) =>
    of(service)
      .map(({ attributes }) => attributes['url.full'] as string | undefined)
      .flatMap((url) => (url ? new URL(url).pathname : []))
      .sort()
  /** Lets everything that was sent become whatever it becomes, sends that too, and stops. */
  const finish = async (...names: ('a' | 'b')[]) => {
    const { tab, until, site } = ground()
    await tab.run(
      (list: ('a' | 'b')[]) => Promise.all(list.map((it) => window.kept[it].flush())),
      names,
    )
    // requests are spans when their entries have come
    await until(() => performance.getEntriesByType('resource').some(({ name }) => /v1/.test(name)))
    await tab.run((list: ('a' | 'b')[]) => {
      for (const it of list) window.kept[it].startSpan('last of ' + it).end()
      for (const it of list) window.kept[it].stop()
    }, names)
    await site.until((all) => names.every((it) => all.some(({ name }) => name == 'last of ' + it)))
  }
  /** The one span that the server was told of. */
  const told = (url: string) => {
    const { site } = ground()
    const [request, again] = site.requests.filter((it) => it.url.endsWith(url))
    expect(again).toBeUndefined()
    const header = `${request!.headers['traceparent'] as string}`
    expect(header).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-03$/)
    return site.spans().find(({ spanId }) => spanId == header.split('-')[2])!
  }

  test('each of two records what the page requests once, and nothing that either sends', async () => {
    const { site, tab, open } = ground()
    await open(more)
    await begin('a')
    await begin('b')
    await tab.run(async () => {
      await fetch('/api/200')
      await window.kept.xhr('/api/201')
      navigator.sendBeacon('/api/202', 'x')
    })
    await finish('a', 'b')
    for (const it of ['a', 'b']) {
      expect(paths(it)).toEqual(['/api/200', '/api/201', '/api/202'])
      const batches = site.batches.filter(({ path }) => path == '/v1/' + it)
      expect(batches.length).toBeGreaterThan(0)
      for (const { headers, spans } of batches) {
        expect(headers).not.toHaveProperty('traceparent')
        expect(spans.every(isOf(it))).toBe(true)
      }
    }
    expect(new Set(site.spans().map(({ attributes }) => attributes['session.id'])).size).toBe(1)
    // the one that started last is asked first, and the other adds nothing to what is there
    for (const url of ['/api/200', '/api/201'])
      expect(told(url)).toMatchObject({ resource: { 'service.name': 'b' } })
  })

  test('what one of two has active is no parent of what the other starts', async () => {
    const { site, tab, open } = ground()
    await open(more)
    await begin('a')
    await begin('b')
    await tab.run(() => {
      const { a, b } = window.kept
      a.span('work of a', () => {
        void fetch('/api/200?n=a')
        b.span('work of b', () => void fetch('/api/200?n=b'))
        void fetch('/api/200?n=c')
      })
    })
    await tab.click('#b')
    await site.until(() => site.requests.some(({ url }) => url.endsWith('click')))
    expect(await tab.run(() => [!window.kept.a.active(), !window.kept.b.active()])).toEqual([
      true,
      true,
    ])
    await finish('a', 'b')
    const parents = (service: string, parent: string) => {
      const all = of(service)
      const { spanId } = all.find(({ name }) => name == parent)!
      return all.filter((span) => span.parentSpanId == spanId && span.name == 'GET').length
    }
    expect(parents('a', 'work of a')).toBe(3)
    expect(parents('b', 'work of b')).toBe(1)
    for (const it of ['a', 'b']) expect(parents(it, 'click button#b')).toBe(1)
    const traces = (service: string) => new Set(of(service).map(({ traceId }) => traceId))
    expect([...traces('a')].filter((it) => traces('b').has(it))).toEqual([])
  })

  test.each(['a', 'b'] as const)(
    'of two, that %s stops leaves the other at work',
    async (first) => {
      const { tab, site, open } = ground()
      await open(more)
      const second = first == 'a' ? 'b' : 'a'
      await begin('a')
      await begin('b')
      await tab.run(() => fetch('/api/200').then(() => {}))
      await finish(first)
      await tab.run(async () => {
        await fetch('/api/203')
        await window.kept.xhr('/api/204')
      })
      await finish(second)
      expect(paths(first)).toEqual(['/api/200'])
      expect(paths(second)).toEqual(['/api/200', '/api/203', '/api/204'])
      for (const url of ['/api/203', '/api/204'])
        expect(told(url)).toMatchObject({ resource: { 'service.name': second } })
      // both are gone: the page has its own back
      site.clear()
      await tab.run(() => fetch('/api/205').then(() => {}))
      expect(site.requests[0]!.headers).not.toHaveProperty('traceparent')
    },
  )

  test('what one sends through a wrapper that makes a Request of it, later, is not recorded by the other', async () => {
    const { site, tab, open } = ground()
    await open(more)
    await begin('a')
    await tab.run(() => {
      const { fetch } = window
      window.fetch = async (...args) => {
        await Promise.resolve()
        window.kept.log.push(`${args[0] as string}`)
        return fetch(new Request(...args))
      }
    })
    await begin('b')
    await tab.run(() => fetch('/api/200').then(() => {}))
    await finish('a', 'b')
    expect(await tab.run(() => window.kept.log)).toContain('/v1/b')
    for (const it of ['a', 'b']) expect(paths(it)).toEqual(['/api/200'])
    expect(told('/api/200')).toMatchObject({ resource: { 'service.name': 'b' } })
    expect(site.spans().filter(isAbout('/v1/'))).toEqual([])
  })

  test('wrappers from before and after see each request once; stopped in between, we let it through', async () => {
    const { site, tab, open } = ground()
    await open(more)
    const request = (n: number) =>
      tab.run(async (at: number) => {
        const { kept } = window
        kept.log.length = 0
        const { status } = await fetch(`/api/200?n=${at}`)
        return [status, await kept.xhr(`/api/201?n=${at}`), ...kept.log]
      }, n)
    await tab.run(() => window.kept.wrap('before'))
    await begin('a')
    await tab.run(() => window.kept.wrap('after'))
    const both = (n: number) => [
      200,
      201,
      ...['after', 'before'].map((it) => `${it} fetch /api/200?n=${n}`),
      'after send',
      'before send',
    ]
    expect(await request(1)).toEqual(both(1))
    await finish('a')
    expect(paths('a')).toEqual(['/api/200', '/api/201'])
    for (const it of ['/api/200?n=1', '/api/201?n=1']) expect(told(it)).toBeDefined()
    const sent = site.batches.length
    expect(await request(2)).toEqual(both(2))
    for (const { headers, url } of site.requests)
      if (url.endsWith('n=2')) expect(headers).not.toHaveProperty('traceparent')
    expect(site.batches).toHaveLength(sent)
    // started again over both, and over what was left of itself
    site.clear()
    await begin('a')
    expect(await request(3)).toEqual(both(3))
    await finish('a')
    expect(paths('a')).toEqual(['/api/200', '/api/201'])
    for (const it of ['/api/200?n=3', '/api/201?n=3']) expect(told(it)).toBeDefined()
  })
})
