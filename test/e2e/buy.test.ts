// The whole path on real input: a click in the demo shop, through edge worker and backends, into the
// collector, out of its API and into the viewer.

import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import type { TracesData } from 'lightspan/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../packages/demo/run.mjs'
import { findBrowser } from '../kit/find-browsers.ts'
import { quiet } from '../kit/open-chromium.ts'
import { flatten, type ReceivedSpan } from '../kit/received.ts'

const artefacts = new URL('../../artefacts/', import.meta.url).pathname

let demo: Awaited<ReturnType<typeof run>>
let browser: Browser
let page: Page
let data: string
const complaints: string[] = []

beforeAll(async () => {
  mkdirSync(artefacts, { recursive: true })
  data = await mkdtemp(join(tmpdir(), 'lightspan-e2e-'))
  demo = await run({ collectorPort: 0, shopPort: 0, data, quiet: true })
  browser = await chromium.launch({ executablePath: findBrowser('chromium'), args: quiet })
  page = await browser.newPage({ viewport: { width: 1280, height: 860 } })
  page.setDefaultTimeout(15_000)
  page.on('pageerror', (error) => complaints.push(error.message))
}, 90_000)

afterAll(async () => {
  await browser?.close()
  await demo?.stop()
  if (data) await rm(data, { recursive: true, force: true })
}, 30_000)

const ask = async <Answer>(path: string) => {
  const response = await fetch(demo.collector + path)
  return response.ok ? ((await response.json()) as Answer) : undefined
}

/** All spans of a trace, once `enough` of them have arrived; a few round trips, at most 20 s. */
const traceWhen = async (
  traceId: string,
  enough: (spans: ReceivedSpan[]) => boolean,
): Promise<ReceivedSpan[]> => {
  let spans: ReceivedSpan[] = []
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    const trace = await ask<TracesData>(`/api/traces/${traceId}`)
    spans = trace ? flatten(trace) : []
    if (enough(spans)) return spans
    await new Promise((later) => setTimeout(later, 100))
  }
  const seen = spans.map((it) => `${String(it.resource['service.name'])} ${it.name}`)
  throw new Error(`20 s passed; trace ${traceId} has: ${seen.join(', ') || 'nothing'}`)
}

/** The newest trace that has a span of this service and name. */
const newest = async (service: string, name: string): Promise<string> => {
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    const query = `service=${service}&name=${encodeURIComponent(name)}&limit=1`
    const found = await ask<{ traces: { traceId: string }[] }>(`/api/traces?${query}`)
    if (found?.traces[0]) return found.traces[0].traceId
    await new Promise((later) => setTimeout(later, 100))
  }
  throw new Error(`20 s passed without a span "${name}" of ${service}`)
}

const service = (span: ReceivedSpan) => String(span.resource['service.name'])
const from = (name: string, kind: number) => (span: ReceivedSpan) =>
  service(span) == name && span.kind == kind

/** Kinds of OTLP. */
const internal = 1
const server = 2
const client = 3

// From the interaction down to the last backend: each a child of the one before.
const chain = [
  from('shop-web', internal),
  from('shop-web', client),
  from('shop-edge', server),
  from('shop-edge', client),
  from('shop-orders', server),
  from('shop-orders', client),
  from('shop-payments', server),
]

/** The longest run of `chain` that starts at a root and goes on from parent to child. */
const follow = (spans: ReceivedSpan[]): ReceivedSpan[] => {
  const step = (parent: ReceivedSpan | undefined, at: number): ReceivedSpan[] => {
    const next = spans
      .filter((span) => span.parentSpanId === parent?.spanId && chain[at]?.(span))
      .map((span) => [span, ...step(span, at + 1)])
    return next.sort((a, b) => b.length - a.length)[0] ?? []
  }
  return step(undefined, 0)
}

describe('a purchase in the demo shop', () => {
  let traceId: string
  let path: ReceivedSpan[]

  beforeAll(async () => {
    await page.goto(demo.shop)
    await page.click('[id^="product-"]')
    await page.click('#add-to-cart')
    await page.goto(new URL('/cart', demo.shop).href)
    await page.click('#go-checkout')
    await page.click('#buy')
    await page.waitForSelector('#order-done')
    traceId = await newest('shop-web', 'click button#buy')
    path = follow(await traceWhen(traceId, (spans) => follow(spans).length == chain.length))
  }, 60_000)

  test('is one trace from the click to the last backend, with the right parents', () => {
    expect(path.map(service)).toEqual([
      'shop-web',
      'shop-web',
      'shop-edge',
      'shop-edge',
      'shop-orders',
      'shop-orders',
      'shop-payments',
    ])
    expect(path[0]!.name).toBe('click button#buy')
    expect(new Set(path.map((span) => span.traceId))).toEqual(new Set([traceId]))
    expect(complaints).toEqual([])
  })

  test('says what happened in the conventions of HTTP', () => {
    for (const span of path.slice(1))
      expect(span.attributes).toMatchObject({
        'http.request.method': 'POST',
        'http.response.status_code': expect.any(Number) as number,
      })
  })

  test('is found by service, name, duration, attribute and time', async () => {
    const click = path[0]!
    const queries = [
      'service=shop-web&name=buy',
      'service=shop-payments',
      `minDuration=${Math.floor(click.end - click.start)}&name=buy`,
      'attribute=http.request.method%3DPOST&service=shop-edge',
      `from=${Math.floor(click.start)}&to=${Math.ceil(click.end)}&name=buy`,
    ]
    for (const query of queries) {
      const found = await ask<{ traces: { traceId: string }[] }>(`/api/traces?${query}`)
      expect(
        found?.traces.map((it) => it.traceId),
        query,
      ).toContain(traceId)
    }
  })

  test.each(['light', 'dark'] as const)(
    'is a waterfall in the viewer (%s)',
    async (colorScheme) => {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width: 1360, height: 860 },
      })
      const viewer = await context.newPage()
      viewer.setDefaultTimeout(15_000)
      await viewer.goto(demo.viewer)
      const row = viewer.locator(`[data-trace-id="${traceId}"]`).first()
      await row.waitFor()
      await viewer.screenshot({ path: join(artefacts, `list-${colorScheme}.png`) })
      await row.click()
      for (const span of path)
        await viewer.locator(`[data-span-id="${span.spanId}"]`).first().waitFor()
      await viewer.screenshot({ path: join(artefacts, `trace-${colorScheme}.png`) })
      await viewer
        .locator(`[data-span-id="${path.at(-1)!.spanId}"]`)
        .first()
        .click()
      await viewer.getByText('http.response.status_code').first().waitFor()
      await viewer.screenshot({ path: join(artefacts, `span-${colorScheme}.png`) })
      expect(viewer.url()).toContain(traceId)
      await context.close()
    },
  )
})

describe('a page load of the demo shop', () => {
  test('is joined to the span of the edge that served the HTML', async () => {
    await page.goto(demo.shop)
    const servedBy = await page.evaluate(() => {
      const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
      return entry!.serverTiming.find(({ name }) => name == 'traceparent')?.description
    })
    const [, traceId, spanId] = servedBy!.split('-')
    const isLoad = (span: ReceivedSpan) => span.name == 'page load'
    const isEdge = (span: ReceivedSpan) => span.spanId == spanId
    const spans = await traceWhen(traceId!, (all) => all.some(isLoad) && all.some(isEdge))
    expect(service(spans.find(isEdge)!)).toBe('shop-edge')
    expect(spans.find(isLoad)!.parentSpanId).toBe(spanId)
  })
})
