// What a page could not deliver waits in IndexedDB, and arrives once, with its times, when there is a receiver again.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'
import { readBatch } from '../kit/received.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

describeInBrowsers('offlineSpans', (ground) => {
  const open = () => ground().open('<script src="/lightspan-more.js"></script>')
  const begin = (options: object = {}, offline: object = {}, tab = ground().tab) =>
    tab.run(
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
  const send = (name: string, tab = ground().tab) =>
    tab.run(async (it: string) => {
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
  // As a page sees it that has a network, or none.
  const line = (is: boolean, tab = ground().tab) =>
    tab.run((there: boolean) => {
      Object.defineProperty(navigator, 'onLine', { configurable: true, value: there })
      dispatchEvent(new Event(there ? 'online' : 'offline'))
    }, is)
  const elsewhere = () => {
    const { tab, site } = ground()
    return tab.go(site.page('/elsewhere', '<script>errors = []</script>'))
  }
  // The bodies that wait in the database.
  const bodies = () =>
    ground().tab.run(async () => {
      const result = <Value>(request: IDBRequest<Value>) =>
        new Promise<Value>((go) => (request.onsuccess = () => go(request.result)))
      const database = await result(indexedDB.open('lightspan'))
      const all = await result(database.transaction('lightspan').objectStore('lightspan').getAll())
      database.close()
      const read = async ({ body }: { body: ArrayBuffer | string }) => [
        ...new Uint8Array(await new Response(body).arrayBuffer()),
      ]
      return Promise.all((all as { body: ArrayBuffer | string }[]).map(read))
    })
  const leftBehind = () =>
    ground().tab.run(() => Object.keys(localStorage).filter((name) => name.includes('left')).length)
  const told = () => {
    const sum: Record<string, number> = {}
    for (const { drops } of ground().site.batches)
      for (const reason in drops) sum[reason] = (sum[reason] ?? 0) + drops[reason]!
    return sum
  }

  test('nothing is stored while all arrives', async () => {
    await open()
    await begin()
    await send('a')
    await ground().site.span('a')
    await ground().tab.run(() => new Promise((idle) => setTimeout(idle, 100)))
    expect(await stored()).toBe(false)
  })

  test('what was not delivered, and what is left as the page goes, arrives once from the next page', async () => {
    const { site, tab, find } = ground()
    await open()
    await begin()
    site.reach(false)
    await send('kept')
    expect(site.dropped()).toBeGreaterThan(0)
    await line(false)
    await send('kept too')
    await tab.run(() => window.tracing.span('left', () => {}))
    await elsewhere()
    const gone = Date.now()
    expect(site.spans()).toEqual([])
    site.reach(true)
    await open()
    await begin()
    const names = ['kept', 'kept too', 'left']
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
    await expect.poll(bodies).toEqual([])
    expect(await leftBehind()).toBe(0)
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

  test('a no forgets what a page left behind as it hid', async () => {
    const { tab } = ground()
    await open()
    await begin()
    await line(false)
    const counts = await tab.run(() => {
      const count = () => Object.keys(localStorage).filter((name) => name.includes('left')).length
      window.tracing.span('left', () => {})
      dispatchEvent(new Event('pagehide'))
      const before = count()
      window.tracing.setConsent('denied')
      return [before, count()]
    })
    expect(counts).toEqual([1, 0])
    await expect.poll(stored).toBe(false)
  })

  test('what is left as a page hides arrives from the same page, should it live', async () => {
    const { site, tab } = ground()
    await open()
    await begin()
    site.reach(false)
    await line(false)
    const behind = await tab.run(() => {
      window.tracing.span('left', () => {})
      dispatchEvent(new Event('pagehide'))
      return Object.keys(localStorage).filter((name) => name.includes('left')).length
    })
    expect(behind).toBe(1)
    site.reach(true)
    await line(true)
    await site.span('left')
    await expect.poll(leftBehind).toBe(0)
    await expect.poll(bodies).toEqual([])
    expect(named('left')).toHaveLength(1)
  })

  test('as soon as there is a network again it is sent, however long the pause was to be', async () => {
    const { site, tab } = ground()
    await open()
    // pauses of minutes
    await tab.run(() => {
      Math.random = () => 500
    })
    await begin()
    await line(false)
    site.reach(false)
    await send('kept')
    expect(site.dropped()).toBeGreaterThan(0)
    site.reach(true)
    await line(true)
    await site.span('kept')
  })

  test('it arrives with the times that it had, as it was written', async () => {
    const { site, tab } = ground()
    await open()
    await begin()
    site.reach(false)
    const [from, to] = await tab.run(() => {
      const start = performance.timeOrigin + performance.now()
      window.tracing.span('kept', () => {})
      return [start, performance.timeOrigin + performance.now()] as const
    })
    await ground().flush()
    await elsewhere()
    const [body] = await bodies()
    const kept = readBatch('/v1/spans', {}, Buffer.from(body!))
    site.reach(true)
    await open()
    await begin()
    const span = await site.span('kept')
    expect(site.batches.map(({ spans }) => spans)).toContainEqual(kept.spans)
    // clocks are coarse
    expect(span.start).toBeGreaterThan(from - 2)
    expect(span.end).toBeLessThan(to + 2)
  })

  test('beyond its age it goes, and is told as lost', async () => {
    const { site, tab } = ground()
    await open()
    await begin()
    site.reach(false)
    await send('old')
    await elsewhere()
    site.reach(true)
    await open()
    await tab.run(() => {
      const { now } = Date
      Date.now = () => now() + 3600e3
    })
    await begin({}, { age: 1800e3 })
    await expect
      .poll(async () => {
        await send('now')
        return told()
      })
      .toEqual({ offline: 1 })
    expect(named('old')).toEqual([])
    expect(await bodies()).toEqual([])
  })

  test('what the receiver finds too large then is told as refused, and not asked for again', async () => {
    const { site } = ground()
    await open()
    await begin()
    site.reach(false)
    await send('large')
    await elsewhere()
    site.reach(413)
    await open()
    await begin()
    await expect.poll(bodies).toEqual([])
    site.reach(true)
    await expect
      .poll(async () => {
        await send('now')
        return told()
      })
      .toEqual({ refused: 1 })
    expect(named('large')).toEqual([])
  })

  test.each(['throws', 'is given back'])(
    'where there is no room, and a put %s, memory it is',
    async (how) => {
      const { site, tab } = ground()
      await open()
      await tab.run((mode: string) => {
        const { put } = IDBObjectStore.prototype
        IDBObjectStore.prototype.put = function (...args) {
          if (mode == 'throws') throw new DOMException('full', 'QuotaExceededError')
          const request = put.apply(this, args)
          // as an engine does that finds no room when it writes
          this.transaction.abort()
          return request
        }
      }, how)
      await begin()
      site.reach(false)
      await send('kept')
      expect(site.dropped()).toBeGreaterThan(0)
      expect(await bodies()).toEqual([])
      site.reach(true)
      await site.span('kept')
      await send('now')
      await site.span('now')
      expect(named('kept')).toHaveLength(1)
      expect(told()).toEqual({})
    },
  )

  test.each(['compact', 'otlp'])(
    'two tabs share it, and each batch arrives once where both look at once: %s',
    async (format) => {
      const { site, tab } = ground()
      const options = { format, url: format == 'otlp' ? '/v1/traces' : '/v1/spans' }
      await open()
      const other = await tab.beside()
      await other.go(site.origin + '/')
      const tabs = [tab, other]
      for (const each of tabs) await begin(options, {}, each)
      site.reach(false)
      const names = Array.from({ length: 12 }, (_, at) => `kept ${at}`)
      for (const each of tabs) await line(false, each)
      for (const [at, name] of names.entries()) await send(name, tabs[at % 2])
      expect(await bodies()).toHaveLength(12)
      site.reach(true)
      await Promise.all(tabs.map((each) => line(true, each)))
      await site.until(() => names.every((name) => named(name).length))
      await expect.poll(bodies).toEqual([])
      for (const each of tabs) await send('now', each)
      const all = site.batches.flatMap(({ spans }) => spans).filter(({ name }) => name != 'now')
      expect(all.map(({ name }) => name).sort()).toEqual([...names].sort())
      expect(told()).toEqual({})
    },
  )

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
    const { site } = ground()
    const otlp = { format: 'otlp', url: '/v1/traces' }
    await open()
    await begin(otlp)
    site.reach(false)
    const names = Array.from({ length: 6 }, (_, at) => `kept ${at}`)
    for (const name of names) await send(name)
    await elsewhere()
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
    const { site } = ground()
    await open()
    await begin({}, { bytes: 1500 })
    site.reach(false)
    for (let at = 0; at < 8; at++) await send(`kept ${at}`)
    await elsewhere()
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
