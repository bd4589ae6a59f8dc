// What comes into a real collector's store from pages that go at a bad moment, two at once, or with too much.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openBrowser, type Browser, type Tab } from '../kit/browser.ts'
import { spansOf, startCollector, type TestCollector } from '../kit/collector.ts'
import { engines } from '../kit/find-browsers.ts'
import type { PageGlobals } from '../kit/in-browsers.ts'
import { startFront, type Front } from './front.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

let collector: TestCollector
beforeAll(async () => {
  collector = await startCollector()
})
afterAll(async () => {
  await collector.stop()
  await collector.clean()
})

// In the page: starts, with a root that all spans of `work` belong to. Returns the trace's id.
const begin = (service: string) => {
  window.tracing = window.lightspan.start({ instrumentations: [], service, url: '/v1/spans' })
  const root = window.tracing.startSpan('root', { parent: null })
  window.kept['root'] = root
  return root.traceId
}

// In the page: ends `count` spans, each with a text of that many letters, which compression halves at best.
const work = (name: string, count: number, letters: number) => {
  const parent = window.kept['root'] as import('lightspan').Span
  for (let at = 0; at < count; at++) {
    const text = [...crypto.getRandomValues(new Uint8Array(letters / 2))]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
    window.tracing.startSpan(`${name} ${at}`, { parent, attributes: { text } }).end()
  }
}

const flush = (tab: Tab) => tab.run(() => void window.tracing.flush())

const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${name} ${at}`)

/** Names of the trace's spans in the store, but for the root, which is open; once there are `count` of them. */
const stored = async (traceId: string, count: number) =>
  spansOf(await collector.trace(traceId, count + 1))
    .map(({ name }) => name)
    .filter((name) => name != 'root')
    .sort()

// In the page: 5,000 spans of five traces, a hundred a task. Of one minute, and half of them of one trace; or
// of two, and of no trace too many.
const burst = async (service: string, minutes: number) => {
  window.tracing = window.lightspan.start({ instrumentations: [], service, url: '/v1/spans' })
  const roots = Array.from({ length: 5 }, () => window.tracing.startSpan('root', { parent: null }))
  const now = performance.now.bind(performance)
  for (let at = 0; at < 4995; at++) {
    // a third of them in each minute: so slow is the receiver
    if (minutes > 1) performance.now = () => now() + 60_000 * Math.floor(at / 1665)
    const start = performance.now()
    const parent = roots[minutes > 1 ? at % 5 : Math.max(0, (at % 8) - 3)]!
    window.tracing.startSpan(`burst ${at}`, { parent, start }).end(start)
    if (at % 100 == 99) await new Promise((later) => setTimeout(later))
  }
  for (const root of roots) root.end()
  void window.tracing.flush() // all of them are the exporter's before anybody answers
  return roots.map(({ traceId }) => traceId)
}

// What the collector has heard of a service's losses, by reason.
const lostOf = async (service: string) => {
  const lost: Record<string, number> = {}
  for (const [sample, count] of await collector.metrics()) {
    const [, of, reason] =
      /sender_dropped_spans_total\{service="(.*)",reason="(.*)"\}/.exec(sample) ?? []
    if (of == service) lost[reason!] = count
  }
  return lost
}

describe.each(engines)('from %s', (engine) => {
  let browser: Browser
  let front: Front
  let tab: Tab
  beforeAll(async () => {
    browser = await openBrowser(engine)
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    ;[front, tab] = await Promise.all([startFront(collector.url), browser.tab()])
    // with its last tab WebKitGTK's whole browser goes, and what it was about to send
    if (engine == 'webkit') await tab.beside()
    await tab.go(front.origin)
  })
  afterEach(async () => {
    await tab.close()
    await front.close()
  })

  describe.each([
    ['that outlives the page', 4, 100],
    ['too large to outlive the page', 24, 3000],
  ])('an export %s, in flight as it goes:', (_, count, letters) => {
    const leavings: [string, () => Promise<void>][] = [
      ['navigates', () => tab.go(`${front.origin}/next`)],
    ]
    // of Firefox that promises less: leaving.test.ts
    if (engine != 'firefox') leavings.push(['closes', () => tab.shut()])
    const made = [...numbered('after', 10), ...numbered('in flight', count)].sort()

    test.each(leavings)('of a page that %s every span is in the store once', async (_, leave) => {
      front.stall()
      const traceId = await tab.run(begin, 'slow export')
      await tab.run(work, 'in flight', count, letters)
      await flush(tab)
      await front.until(([first]) => first?.names.length == count)
      await tab.run(work, 'after', 10, 100)
      await leave()
      expect(await stored(traceId, made.length)).toEqual(made)
      expect(front.delivered[0]!.names).not.toContain('after 0')
    })

    test.each(leavings)(
      'of a page that %s every span is in the store once, also where what was in flight is lost with the connection',
      async (_, leave) => {
        front.hold()
        const traceId = await tab.run(begin, 'slow export')
        await tab.run(work, 'in flight', count, letters)
        await flush(tab)
        await front.until(() => front.came() == 1)
        await tab.run(work, 'after', 10, 100)
        await leave()
        await front.until((all) => all.some(({ names }) => names.includes('after 9')))
        front.release()
        expect(await stored(traceId, made.length)).toEqual(made)
      },
    )
  })

  test.each([
    // 3,000 in a minute, less those of the trace that is too large
    ['in a minute', 1, 2999, ['minute', 'trace']],
    // 3,000 that wait, and a batch
    ['while the receiver is slow', 3, 4000, ['queue']],
  ])(
    '5,000 spans of a second, %s: what arrives and what is told as lost are all',
    async (name, minutes, most, reasons) => {
      const service = `${engine}: ${name}`
      if (minutes > 1) front.stall()
      const traces = await tab.run(burst, service, minutes)
      front.release()
      // the second sends what came while the first waited for its answer
      await tab.run(() => window.tracing.flush().then(() => window.tracing.flush()))
      await tab.run(() => window.tracing.flush())
      expect(await tab.run(() => window.errors)).toEqual([])
      await collector.settled()
      const spans = await Promise.all(traces.map(async (id) => spansOf(await collector.trace(id))))
      const lost = await lostOf(service)
      const told = Object.values(lost).reduce((sum, count) => sum + count, 0)
      expect(spans.flat().length + told).toBe(5000)
      expect(spans.flat().length).toBeLessThanOrEqual(most)
      expect(Object.keys(lost).sort()).toEqual(reasons)
      expect(Math.max(...front.delivered.map(({ names }) => names.length))).toBeLessThanOrEqual(
        1000,
      )
    },
  )

  // its driver opens another tab behind the first, which is hidden from its start
  if (engine == 'webkit') return

  test('two tabs that go at once, each with 50 kB unsent, lose nothing', async () => {
    const other = await tab.beside()
    await other.go(front.origin)
    const tabs = [tab, other]
    // nothing that either sends makes room again before the end
    front.stall()
    const traces = await Promise.all(tabs.map((each) => each.run(begin, 'two tabs')))
    await Promise.all(tabs.map((each) => each.run(work, 'unsent', 16, 3000)))
    expect(front.delivered).toEqual([])
    await Promise.all(tabs.map((each) => each.go(`${front.origin}/next`)))
    for (const traceId of traces)
      expect(await stored(traceId, 16)).toEqual(numbered('unsent', 16).sort())
    expect(front.delivered.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(96_000)
    expect(front.delivered.some(({ gzip }) => gzip)).toBe(false)
  })
})
