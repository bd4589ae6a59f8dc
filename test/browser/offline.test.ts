// What a page could not deliver waits in IndexedDB, and arrives once, with its times, when there is a receiver again.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

describeInBrowsers('offlineSpans', (ground, engine) => {
  const open = () => ground().open('<script src="/lightspan-more.js"></script>')
  const begin = (options: object = {}, offline: object = {}) =>
    ground().tab.run(
      (more: object, limits: object) => {
        window.tracing = window.lightspan.start({
          instrumentations: [window.lightspan.offlineSpans(limits)],
          service: 'page',
          url: '/v1/spans',
          ...more,
        })
      },
      options,
      offline,
    )
  const send = (name: string) =>
    ground().tab.run(async (it: string) => {
      window.tracing.span(it, () => {})
      await window.tracing.flush()
    }, name)
  const named = (name: string) =>
    ground()
      .site.spans()
      .filter((span) => span.name == name)
  const stored = () =>
    ground().tab.run(async () => {
      const all = await indexedDB.databases()
      return all.some(({ name }) => name == 'lightspan')
    })
  // As a page sees it that has no network.
  const lose = () =>
    ground().tab.run(() => {
      Object.defineProperty(navigator, 'onLine', { configurable: true, value: false })
      dispatchEvent(new Event('offline'))
    })

  test('nothing is stored while all arrives', async () => {
    await open()
    await begin()
    await send('a')
    await ground().site.span('a')
    await ground().tab.run(() => new Promise((idle) => setTimeout(idle, 100)))
    expect(await stored()).toBe(false)
  })

  test('what was not delivered, and what is left as the page goes, arrives once from the next page', async () => {
    const { site, tab, until, find } = ground()
    await open()
    await begin()
    site.reach(false)
    await send('kept')
    expect(site.dropped()).toBeGreaterThan(0)
    await lose()
    await send('kept too')
    await tab.run(() => window.tracing.span('left', () => {}))
    await tab.go(site.page('/elsewhere', '<script>errors = []</script>'))
    const gone = Date.now()
    expect(site.spans()).toEqual([])
    site.reach(true)
    await open()
    await begin()
    // WebKit does not go on with what a database was asked for as the page went
    const names = engine == 'webkit' ? ['kept', 'kept too'] : ['kept', 'kept too', 'left']
    await site.until(() => names.every((name) => named(name).length))
    await send('now')
    await find({ name: 'now' })
    for (const name of names) {
      const ids = new Set(named(name).map(({ spanId }) => spanId))
      // as the page goes a batch may leave twice, and a receiver of ours keeps one of each span
      expect([ids.size, name == 'left' || named(name).length]).toEqual([1, name == 'left' || 1])
      expect(named(name)[0]!.end).toBeLessThan(gone)
      // by the batch's own clock, which an answer to another page has nothing to say to
      expect(named(name)[0]!.resource).not.toHaveProperty('lightspan.clock.offset')
    }
    await until(async () => {
      const database = await new Promise<IDBDatabase>((ready) => {
        const request = indexedDB.open('lightspan')
        request.onsuccess = () => ready(request.result)
      })
      const count = database.transaction('lightspan').objectStore('lightspan').count()
      await new Promise((done) => (count.onsuccess = done))
      database.close()
      return count.result == 0
    })
  })

  test('a no forgets what was kept, and leaves no database', async () => {
    const { site, tab, find } = ground()
    await open()
    await begin()
    site.reach(false)
    await send('kept')
    expect(await stored()).toBe(true)
    await tab.run(() => window.tracing.setConsent('denied'))
    await expect.poll(stored).toBe(false)
    site.reach(true)
    await open()
    await begin()
    await send('now')
    await find({ name: 'now' })
    expect(named('kept')).toEqual([])
  })

  test('with an IndexedDB that throws, batches wait in memory', async () => {
    const { site, tab, find } = ground()
    await open()
    await tab.run(() => {
      IDBFactory.prototype.open = () => {
        throw new Error('broken')
      }
    })
    await begin()
    site.reach(false)
    await send('kept')
    expect(site.dropped()).toBeGreaterThan(0)
    site.reach(true)
    await find({ name: 'kept' })
    expect(named('kept')).toHaveLength(1)
  })

  test('in OTLP two that share it send each batch once', async () => {
    const { site, tab } = ground()
    const otlp = { format: 'otlp', url: '/v1/traces' }
    await open()
    await begin(otlp)
    site.reach(false)
    const names = Array.from({ length: 6 }, (_, at) => `kept ${at}`)
    for (const name of names) await send(name)
    await tab.go(site.page('/elsewhere', '<script>errors = []</script>'))
    site.reach(true)
    await open()
    await begin(otlp)
    await begin(otlp)
    await site.until(() => names.every((name) => named(name).length))
    await send('now')
    await site.span('now')
    expect(names.flatMap(named)).toHaveLength(6)
    expect(site.batches.every(({ gzip }) => gzip)).toBe(true)
  })

  test('beyond its bytes the oldest go, and are told as lost', async () => {
    const { site, tab } = ground()
    await open()
    await begin({}, { bytes: 1500 })
    site.reach(false)
    for (let at = 0; at < 8; at++) await send(`kept ${at}`)
    await tab.go(site.page('/elsewhere', '<script>errors = []</script>'))
    site.reach(true)
    await open()
    await begin()
    await site.until(() => named('kept 7').length)
    expect(named('kept 0')).toEqual([])
    const arrived = new Set(site.spans().map(({ spanId }) => spanId)).size
    expect(arrived).toBeLessThan(8)
    const told = site.batches.reduce((sum, { dropped }) => sum + dropped, 0)
    expect(told).toBeGreaterThan(0)
    expect(told).toBeLessThanOrEqual(8 - arrived)
  })
})
