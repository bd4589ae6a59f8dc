// What startWatched leaves out of a busy page, in which order, and that a quiet page keeps all of it. By script tag,
// where it is in the second file.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'
import type { ReceivedSpan } from '../kit/received.ts'

type Watched = import('lightspan').WatchedLightspan
declare const window: Window & PageGlobals & { tracing: Watched }

const order = ['phases', 'details', 'interactions', 'traces'] as const

const isMine = ({ attributes }: ReceivedSpan) =>
  /200.mine/.test(`${attributes['url.full'] as string}`)

describeInBrowsers('startWatched', (ground) => {
  const open = () =>
    ground().open(`<script src="/lightspan-more.js"></script><img src="/api/200?ms=30">
      <button id="idle">x</button><script>idle.onclick = () => {
        for (const end = performance.now() + 300; performance.now() < end;);
      }</script>`)

  // With a clock that a test sets forward, and so many windows behind it in which a span took 50 ms.
  const begin = (overhead: object = {}, windows = 0) =>
    ground().tab.run(
      (limits: object, count: number) => {
        const { lightspan, kept } = window
        kept['ahead'] = 0
        const { startWatched } = lightspan as unknown as { startWatched: (it: object) => Watched }
        window.tracing = startWatched({
          service: 'page',
          url: '/v1/spans',
          instrumentations: [
            lightspan.loadSpans(),
            lightspan.fetchSpans(),
            lightspan.interactionSpans(),
          ],
          overhead: { now: () => performance.now() + (kept['ahead'] as number), ...limits },
          beforeSend: (span: { name: string }) => {
            const end = performance.now() + 50
            while (span.name == 'busy' && performance.now() < end);
            return span
          },
        })
        for (let at = 0; at < count; at++) {
          window.tracing.span('busy', () => {})
          void window.tracing.flush()
          ;(kept['ahead'] as number) += 1e6
          window.tracing.span('tick', () => {})
          void window.tracing.flush()
        }
        // what there was before is told in the midst of it
        window.tracing.use(lightspan.resourceSpans({ slow: 10 }))
        return window.tracing.overhead()
      },
      overhead,
      windows,
    )

  // Below one span of 50 ms in a window.
  const tiny = { budget: 4e-5, window: 1e6, every: 1 }

  // A request, long enough for phases on a clock of 1 ms, and a slow click that causes nothing; all that is open then
  // ends.
  const use = async () => {
    const { site, tab } = ground()
    await tab.run(() => fetch('/api/200/mine?ms=20').then((it) => it.text()))
    await tab.click('#idle')
    await tab.run(async () => {
      dispatchEvent(new Event('pagehide'))
      window.tracing.span('end', () => {})
      await window.tracing.flush()
    })
    return site.until((all) => all.some(isMine) && all.some(({ name }) => name == 'end'))
  }

  // One more window, in which there was next to nothing.
  const rest = () =>
    ground().tab.run(async () => {
      ;(window.kept['ahead'] as number) += 1e7
      await fetch('/api/200') // of which there is something to measure also where its trace is left out
      return window.tracing.overhead().shed
    })

  test.each([0, 1, 2, 3])('over its budget for %i windows leaves out as much', async (level) => {
    const { site } = ground()
    await open()
    const { shed, ms, share } = await begin(tiny, level)
    expect(shed).toEqual(order.slice(0, level))
    expect(ms).toBeGreaterThanOrEqual(50 * level)
    if (level) expect(share).toBeGreaterThan(tiny.budget)
    const spans = await use()
    const request = spans.filter(isMine)
    expect(request).toHaveLength(1)
    expect(request[0]!.attributes['http.response.status_code']).toBe(200)
    const details = spans.filter(({ attributes }) => 'lightspan.resource.type' in attributes)
    expect([
      request[0]!.events.length > 0,
      details.length > 0,
      spans.some(({ name }) => name == 'click button#idle'),
      spans.filter(({ name }) => name == 'busy').length,
      spans.some(({ name }) => name == 'page load'),
    ]).toEqual([level < 1, level < 2, level < 3, level, true])
    const lost = () => site.batches.reduce((sum, { drops }) => sum + (drops['overhead'] ?? 0), 0)
    expect(lost() > 0).toBe(level > 1)
    const { resource } = spans.find(({ name }) => name == 'end')!
    expect(resource['lightspan.overhead.shed']).toEqual(level ? shed : undefined)
    expect(resource['lightspan.overhead.duration']).toBeGreaterThanOrEqual(ms - 1)
    if (level) expect(resource['lightspan.overhead.share']).toBe(+share.toFixed(5))
    expect(typeof resource['lightspan.overhead.bytes']).toBe('number')
  })

  test('leaves out traces last, tells requests so, and takes all back when there is room', async () => {
    const { site, tab } = ground()
    await open()
    expect((await begin(tiny, 4)).shed).toEqual(order)
    await tab.run(async () => {
      for (let at = 0; at < 320; at++) window.tracing.startSpan(`mine ${at}`).end()
      const ask = (_: unknown, at: number) => fetch(`/api/200/mine?${at}`)
      await Promise.all(Array.from({ length: 64 }, ask))
    })
    const mine = site.requests.filter(({ url }) => url.includes('mine'))
    const told = mine.flatMap(({ headers }) => {
      const [, trace, , flags] = `${headers['traceparent'] as string}`.split('-')
      return Number(flags) & 1 ? [trace] : []
    })
    expect(told.length).toBeGreaterThan(8)
    expect(told.length).toBeLessThan(56)
    const spans = await site.until((all) => all.filter(isMine).length >= told.length)
    const recorded = spans.filter(isMine)
    expect(recorded.map(({ traceId }) => traceId).sort()).toEqual(told.sort())
    const own = spans.filter(({ name }) => name.startsWith('mine'))
    expect(own.length).toBeGreaterThan(100)
    expect(own.length).toBeLessThan(220)
    for (let level = 3; level >= 0; level--) expect(await rest()).toEqual(order.slice(0, level))
  })

  test('leaves out nothing of a quiet page that it takes little of', async () => {
    const { site, tab } = ground()
    await open()
    await begin()
    await use()
    await tab.run(() => void ((window.kept['ahead'] as number) += 10_000))
    site.clear()
    await use()
    const { shed, share, bytes } = await tab.run(() => window.tracing.overhead())
    expect(shed).toEqual([])
    expect(share).toBeGreaterThan(0)
    expect(share).toBeLessThan(0.01)
    expect(bytes).toBeGreaterThan(0)
    const names = site.spans().map(({ name }) => name)
    expect(names).toContain('click button#idle')
    expect(site.spans()[0]!.resource).not.toHaveProperty('lightspan.overhead.shed')
    expect(site.batches.every(({ dropped }) => !dropped)).toBe(true)
  })

  test('another start beside it is not watched', async () => {
    const { site, tab } = ground()
    await open()
    await begin()
    await tab.run(() => {
      const other = window.lightspan.start({
        service: 'other',
        url: '/v1/spans',
        instrumentations: [],
      })
      other.span('unwatched', () => {})
      return other.flush()
    })
    const { resource } = await site.span('unwatched')
    expect(Object.keys(resource).filter((name) => name.includes('overhead'))).toEqual([])
  })
})
