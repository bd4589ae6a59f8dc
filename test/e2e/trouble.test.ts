// What goes wrong in the demo shop, on purpose, and how it is found: a slow page, a failing payment, an
// error in the page.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReceivedSpan } from '../kit/received.ts'
import { failed, kinds, openGround, service, type Ground } from './ground.ts'

let ground: Ground

beforeAll(async () => {
  ground = await openGround()
}, 90_000)

afterAll(() => ground?.stop(), 30_000)

const named = (name: string) => (span: ReceivedSpan) => span.name == name

/** From a span up to its root. */
const ancestry = (spans: ReceivedSpan[], of: ReceivedSpan): ReceivedSpan[] => {
  const parent = spans.find(({ spanId }) => spanId == of.parentSpanId)
  return parent ? [of, ...ancestry(spans, parent)] : [of]
}

/** The trace has spans of these names, and every span's parent. */
const isWhole = (names: readonly string[]) => (spans: ReceivedSpan[]) => {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  return (
    names.every((it) => spans.some(named(it))) &&
    spans.every(({ parentSpanId }) => !parentSpanId || ids.has(parentSpanId))
  )
}

describe('a slow page of the demo shop', () => {
  let spans: ReceivedSpan[]
  let workshop: ReceivedSpan

  beforeAll(async () => {
    const { page, shop } = ground
    await page.goto(shop)
    await page.click('#product-104')
    await page.waitForSelector('#add-to-cart:enabled')
    const traceId = await ground.newest('shop-web', 'click a#product-104')
    const parts = ['ask the workshop', 'navigation /lamps/{id}']
    spans = await ground.traceWhen(traceId, isWhole(parts))
    workshop = spans.find(named('ask the workshop'))!
  }, 60_000)

  test('is slow for the reason that the trace shows, down from the click', () => {
    const line = ancestry(spans, workshop)
    expect(line.map(service)).toEqual([
      'shop-orders',
      'shop-orders',
      'shop-edge',
      'shop-edge',
      'shop-web',
      'shop-web',
    ])
    expect(line.at(-1)!.name).toBe('click a#product-104')
    // the workshop takes at least 0.8 of 1,400 ms, and its trace nothing else of that length but the navigation, which
    // waits for it
    const long = spans.filter(({ start, end }) => end - start >= 1100)
    const slow = [...line.slice(0, -1), spans.find(named('navigation /lamps/{id}'))!]
    expect(new Set(long.map(({ spanId }) => spanId))).toEqual(
      new Set(slow.map(({ spanId }) => spanId)),
    )
  })

  test('holds the navigation that the click caused', () => {
    const navigation = spans.find(named('navigation /lamps/{id}'))!
    expect(navigation.parentSpanId).toBe(spans.find(named('click a#product-104'))!.spanId)
  })

  test('is found by its duration', async () => {
    const { traceId } = workshop
    expect(await ground.search('service=shop-orders&minDuration=1000')).toContain(traceId)
    expect(await ground.search('service=shop-orders&minDuration=60000')).toEqual([])
    const viewer = await ground.openViewer('light')
    await viewer.goto(`${ground.viewer}?minDuration=1000&service=shop-orders`)
    await viewer.locator(`[data-trace-id="${traceId}"]`).first().click()
    await viewer.locator(`[data-span-id="${workshop.spanId}"]`).first().waitFor()
    await ground.picture(viewer, 'trace-slow')
    await viewer.context().close()
  })
})

describe('a payment that fails in the demo shop', () => {
  let spans: ReceivedSpan[]
  let traceId: string

  const { server, client } = kinds
  const isCharge = (span: ReceivedSpan) => service(span) == 'shop-payments' && span.kind == server

  beforeAll(async () => {
    const { page, shop } = ground
    await page.goto(new URL('/checkout', shop).href)
    await page.click('label:has(#card-broken)')
    await page.click('#buy')
    await page.waitForSelector('#order-refused')
    await ground.picture(page, 'shop-order-refused')
    traceId = await ground.newest('shop-web', 'click button#buy')
    spans = await ground.traceWhen(traceId, isWhole(['POST /charges', 'check for fraud']))
  }, 60_000)

  test('is an error where it happened and all the way up, and nowhere else', () => {
    const marked = spans.filter(({ status }) => status == failed)
    const line = ancestry(spans, spans.find(isCharge)!)
    expect(marked.map(({ spanId }) => spanId).sort()).toEqual(
      // all but the click, which worked: it is the request that failed
      line
        .slice(0, -1)
        .map(({ spanId }) => spanId)
        .sort(),
    )
    expect(line.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([
      500,
      500,
      502,
      502,
      502,
      502,
      undefined,
    ])
    expect(line.filter(({ kind }) => kind == client).map(service)).toEqual([
      'shop-orders',
      'shop-edge',
      'shop-web',
    ])
  })

  test('tells the exception on the span that it was thrown in, and there alone', () => {
    const exceptionOf = ({ events }: ReceivedSpan) => events.find((it) => it.name == 'exception')
    expect(spans.filter(exceptionOf)).toEqual([spans.find(isCharge)])
    const event = exceptionOf(spans.find(isCharge)!)
    expect(event).toMatchObject({
      name: 'exception',
      attributes: { 'exception.message': 'card network: connection reset by peer' },
    })
  })

  test('is found by its status in the viewer, which shows the exception', async () => {
    expect(await ground.search('status=error')).toContain(traceId)
    const viewer = await ground.openViewer('dark')
    await viewer.goto(`${ground.viewer}?status=error`)
    await viewer.locator(`[data-trace-id="${traceId}"]`).first().click()
    await viewer
      .locator(`[data-span-id="${spans.find(isCharge)!.spanId}"]`)
      .first()
      .click()
    await viewer.getByText('card network: connection reset by peer').first().waitFor()
    await ground.picture(viewer, 'trace-failed')
    await viewer.context().close()
  })
})

describe('an error in a page of the demo shop', () => {
  test('hangs on the click that caused it', async () => {
    const { page, shop, complaints } = ground
    await page.goto(shop)
    const before = complaints.length
    await page.click('#try-throw')
    const traceId = await ground.newest('shop-web', 'click button#try-throw')
    const [span, ...others] = await ground.traceWhen(traceId, (all) => all.length > 0)
    expect(others).toEqual([])
    expect(span!.status).toBe(failed)
    expect(span!.events).toMatchObject([
      { name: 'exception', attributes: { 'exception.message': 'The bulb has burnt out' } },
    ])
    // the page's own error handling sees it as it would without us
    expect(complaints.slice(before)).toEqual(['The bulb has burnt out'])
  })
})
