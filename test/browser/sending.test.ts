// How batches leave: compressed while the page lives, at once and uncompressed as it goes.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

describeInBrowsers('a batch', (ground) => {
  const trace = (name: string) =>
    ground().tab.run((it: string) => window.tracing.span(it, () => {}), name)

  test('leaves compressed on a timer, without a preflight', async () => {
    const { site, open, start } = ground()
    await open()
    await start([], { url: site.other + '/v1/spans' }, false)
    await trace('a')
    await site.span('a')
    expect(site.batches).toMatchObject([{ gzip: true, contentType: 'text/plain' }])
  })

  test('leaves on size, before the timer', async () => {
    const { site, tab, open, start } = ground()
    await open()
    await start([], {}, false)
    await tab.run(() => {
      for (let at = 0; at < 100; at++) window.tracing.span('many', () => {})
      window.tracing.span('one more', () => {})
    })
    await site.until((all) => all.length >= 100)
    // all that waits goes with it
    expect(site.batches.map(({ spans }) => spans.length)).toEqual([101])
  })

  test('that waits when the page goes leaves uncompressed, in compact form', async () => {
    const { site, tab, open, start } = ground()
    for (let trial = 0; trial < 3; trial++) {
      await open()
      await start(['loadSpans'], {}, false)
      await trace(`trial ${trial}`)
      await tab.go(site.page('/elsewhere', '<p>elsewhere</p>'))
      await site.span(`trial ${trial}`)
      expect(site.batches.at(-1)).toMatchObject({ gzip: false, path: '/v1/spans' })
      expect(site.batches.at(-1)!.contentType).toContain('text/plain')
    }
    await tab.run(() => void (window.errors = []))
    const names = site.spans().map(({ name }) => name)
    expect(names.filter((name) => name.startsWith('trial'))).toHaveLength(3)
    expect(new Set(site.spans().map(({ spanId }) => spanId)).size).toBe(names.length)
  })

  test('holds what an instrumentation of use() ends as the page goes', async () => {
    const { site, tab, open, start } = ground()
    await open()
    await start([], {}, false)
    await tab.run(() =>
      window.tracing.use((tracer) => {
        const span = tracer.start('until the page goes')
        addEventListener('pagehide', () => span.end(), true)
        return () => {}
      }),
    )
    await tab.go(site.page('/elsewhere', '<p>elsewhere</p>'))
    await tab.run(() => void (window.errors = []))
    // as it ended, not as it stood when the page was hidden
    await site.until((all) => all.some(({ attributes }) => !('lightspan.open' in attributes)))
  })

  test('that is larger than a beacon leaves in several', async () => {
    const { site, tab, open, start } = ground()
    await open()
    await start([], {}, false)
    await tab.run(() => {
      for (let at = 0; at < 20; at++)
        window.tracing.span(
          `large ${at}`,
          { attributes: { text: 'x'.repeat(3050) + at } },
          () => {},
        )
    })
    await tab.go(site.page('/elsewhere', '<p>elsewhere</p>'))
    await tab.run(() => void (window.errors = []))
    // 62 KB in two beacons: together below what may be in flight
    expect(await site.until((all) => all.length == 20)).toHaveLength(20)
    expect(site.batches.length).toBeGreaterThan(1)
  })

  test('in OTLP is JSON that any backend reads, key in the query', async () => {
    const { site, tab, open } = ground()
    await open()
    await tab.run(() => {
      window.tracing = window.lightspan.start({
        service: 'shop',
        format: 'otlp',
        url: '/v1/traces',
        key: 'public+1&2',
        instrumentations: [],
      })
      window.tracing.span('a', { attributes: { list: ['x', 1, true], half: 0.5 } }, () => {})
      return window.tracing.flush()
    })
    expect((await site.span('a')).attributes).toMatchObject({ list: ['x', 1, true], half: 0.5 })
    expect(site.batches[0]).toMatchObject({ contentType: 'application/json', gzip: true })
    expect(site.batches[0]!.path).toMatch(/^\/v1\/traces\?key=public%2B1%262/)
    expect(site.batches[0]!.headers['content-encoding']).toBe('gzip')
  })

  test('carries headers where the page says so, also as it goes', async () => {
    const { site, tab, open, start } = ground()
    await open()
    await start([], { headers: { 'x-tenant': 'a' } }, false)
    await trace('a')
    await tab.go(site.page('/elsewhere', '<p>elsewhere</p>'))
    await tab.run(() => void (window.errors = []))
    await site.span('a')
    expect(site.batches[0]!.headers['x-tenant']).toBe('a')
  })

  test('carries what beforeSend leaves of it', async () => {
    const { site, tab, open } = ground()
    await open()
    await tab.run(() => {
      window.tracing = window.lightspan.start({
        instrumentations: [],
        service: 'shop',
        url: '/v1/spans',
        beforeSend: (span) => {
          if (span.name == 'secret') return null
          if (span.name == 'broken') throw new Error('a defect of the hook')
          span.attributes['card'] = undefined
          return span
        },
      })
      for (const name of ['secret', 'broken', 'open'])
        window.tracing.span(name, { attributes: { card: '4111', kept: 1 } }, () => {})
      return window.tracing.flush()
    })
    expect(await site.until((all) => all.length)).toMatchObject([
      { name: 'open', attributes: { kept: 1 } },
    ])
    expect(site.spans()[0]!.attributes).not.toHaveProperty('card')
  })

  test('to a receiver that is gone disturbs nobody', async () => {
    const { tab, open, start } = ground()
    await open()
    await start([], { url: 'http://127.0.0.1:1/v1/spans' })
    await trace('lost')
    await tab.run(() => window.tracing.flush())
  })
})
