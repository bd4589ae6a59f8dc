// The whole path on real input: a click in the demo shop, through edge worker and backends, into the
// collector, out of its API and into the viewer.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReceivedSpan } from '../kit/received.ts'
import { failed, kinds, openGround, service, type Ground } from './ground.ts'

let ground: Ground

beforeAll(async () => {
  ground = await openGround()
}, 90_000)

afterAll(() => ground?.stop(), 30_000)

const { internal, server, client } = kinds

const from = (name: string, kind: number) => (span: ReceivedSpan) =>
  service(span) == name && span.kind == kind

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

/** The trace of the newest click on "Buy", once its chain is whole. */
const boughtTrace = async () => {
  const traceId = await ground.newest('shop-web', 'click button#buy')
  return ground.traceWhen(traceId, (spans) => follow(spans).length == chain.length)
}

describe('a purchase in the demo shop', () => {
  let spans: ReceivedSpan[]
  let path: ReceivedSpan[]
  let traceId: string

  beforeAll(async () => {
    const { page, shop } = ground
    await page.goto(shop)
    await page.click('[id^="product-"]')
    await page.click('#add-to-cart')
    await page.goto(new URL('/cart', shop).href)
    await page.click('#go-checkout')
    await page.click('#buy')
    await page.waitForSelector('#order-done')
    await ground.picture(page, 'shop-order-done')
    spans = await boughtTrace()
    path = follow(spans)
    traceId = path[0]!.traceId
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
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]))
    expect(ground.complaints).toEqual([])
  })

  test('leaves no span without its parent, and none that failed', () => {
    const ids = new Set(spans.map(({ spanId }) => spanId))
    const orphans = spans.filter(({ parentSpanId }) => parentSpanId && !ids.has(parentSpanId))
    expect(orphans).toEqual([])
    expect(spans.filter(({ parentSpanId }) => !parentSpanId)).toEqual([path[0]])
    expect(spans.filter(({ status }) => status == failed)).toEqual([])
  })

  test('says what happened in the conventions of HTTP', () => {
    for (const span of path.slice(1))
      expect(span.attributes).toMatchObject({
        'http.request.method': 'POST',
        'http.response.status_code': 200,
      })
    expect(path[2]!.attributes['http.route']).toBe('/api/orders')
  })

  test('has times that fit into one another, on one clock', () => {
    // a wrong unit or time zero is off by seconds at least; clocks of processes, by a few ms
    const slack = 250
    for (const [at, span] of path.entries()) {
      const parent = path[at - 1]
      if (parent) expect(span.start, span.name).toBeGreaterThan(parent.start - slack)
      // an interaction ends at its paint, whatever its fetch does
      if (at > 1) expect(span.end, span.name).toBeLessThan(parent!.end + slack)
      expect(Math.abs(Date.now() - span.start), span.name).toBeLessThan(60_000)
    }
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
    for (const query of queries) expect(await ground.search(query), query).toContain(traceId)
    expect(await ground.search('status=error&name=buy')).not.toContain(traceId)
    expect(await ground.search(`to=${Math.floor(click.start) - 1}`)).not.toContain(traceId)
  })

  test.each(['light', 'dark'] as const)('is a waterfall in the viewer (%s)', async (scheme) => {
    const viewer = await ground.openViewer(scheme)
    const rowOf = (span: ReceivedSpan) => viewer.locator(`[data-span-id="${span.spanId}"]`).first()
    const row = viewer.locator(`[data-trace-id="${traceId}"]`).first()
    await row.waitFor()
    await ground.picture(viewer, `list-${scheme}`)
    await row.click()
    for (const span of path) await rowOf(span).waitFor()
    await ground.picture(viewer, `trace-${scheme}`)
    await rowOf(path.at(-1)!).click()
    await viewer.getByText('http.response.status_code').first().waitFor()
    await ground.picture(viewer, `span-${scheme}`)
    expect(viewer.url()).toContain(traceId)
    await viewer.context().close()
  })
})

describe('the shop', () => {
  test('leads to the trace of a purchase, which is completed before the eyes of who comes at once', async () => {
    const { page, shop } = ground
    await page.goto(new URL('/checkout', shop).href)
    await page.click('#buy')
    await page.waitForSelector('#order-done')
    const [viewer] = await Promise.all([page.waitForEvent('popup'), page.click('#order-trace')])
    await viewer.getByText('click button#buy').first().waitFor()
    for (const name of ['POST /api/orders', 'POST /orders', 'POST /charges', 'ask the bank'])
      await viewer.locator('[data-span-id]', { hasText: name }).first().waitFor()
    expect(viewer.url()).toBe(`${ground.collector}/trace/${(await boughtTrace())[0]!.traceId}`)
    await viewer.close()
  })
})

describe('a page load of the demo shop', () => {
  test.each(['127.0.0.1', 'localhost'])(
    'from %s is joined to the span of the edge that served the HTML',
    async (host) => {
      const { page, shop } = ground
      await page.goto(shop.replace('127.0.0.1', host))
      const servedBy = await page.evaluate(() => {
        const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
        return entry!.serverTiming.find(({ name }) => name == 'traceparent')?.description
      })
      const [, traceId, spanId] = servedBy!.split('-')
      const isLoad = (span: ReceivedSpan) => span.name == 'page load'
      const isEdge = (span: ReceivedSpan) => span.spanId == spanId
      const spans = await ground.traceWhen(
        traceId!,
        (all) => all.some(isLoad) && all.some(isEdge) && all.some(from('shop-orders', server)),
      )
      const load = spans.find(isLoad)!
      expect(service(spans.find(isEdge)!)).toBe('shop-edge')
      expect(load.parentSpanId).toBe(spanId)
      expect(load.attributes['url.full']).toContain(`//${host}:`)
    },
  )
})
