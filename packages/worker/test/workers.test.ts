// Workers of three kinds in real browsers: one trace with the page, messages untouched, requests and errors.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startWorker } from '@lightspan/worker'
import { openBrowser, type Browser, type Tab } from '../../../test/kit/browser.ts'
import { engines } from '../../../test/kit/find-browsers.ts'
import type { ReceivedSpan } from '../../../test/kit/received.ts'
import { startGround, type Ground } from './kit/ground.ts'

declare const window: Window & {
  lightspan: import('lightspan').Lightspan
  postWithContext: typeof import('@lightspan/worker').postWithContext
}

const of =
  (service: string, name: string) =>
  (span: ReceivedSpan): boolean =>
    span.resource['service.name'] == service && span.name == name

test('outside a worker nothing is recorded or patched, and the handle works on', async () => {
  const { fetch } = globalThis
  const lightspan = startWorker({ service: 'none' })
  expect(globalThis.fetch).toBe(fetch)
  expect(lightspan.span('a', () => 7)).toBe(7)
  await lightspan.flush()
  lightspan.stop()
})

describe.each(engines)('in %s', (engine) => {
  let browser: Browser | undefined
  let ground: Ground
  let tab: Tab
  beforeAll(async () => {
    browser = await openBrowser(engine)
  }, 60_000)
  afterAll(() => browser?.close())
  beforeEach(async () => {
    ground = await startGround()
    tab = await browser!.tab()
    await tab.go(`${ground.origin}/`)
  })
  afterEach(async () => {
    await tab.close()
    ground.close()
  })

  // Runs in the page: tells a worker `what`, in a span, and gives back the span's trace and the answer.
  const tell = (kind: 'dedicated' | 'shared', what: string) =>
    tab.run(
      (shared: boolean, message: string) => {
        const { lightspan, postWithContext } = window
        const worker = shared ? undefined : new Worker('/worker.js')
        const port = worker ?? new SharedWorker('/worker.js').port
        return lightspan.span('click', async (span) => {
          const answer = new Promise((done) => {
            port.addEventListener('message', (event) => done((event as MessageEvent).data))
          })
          if (port instanceof MessagePort) port.start()
          postWithContext(lightspan, port, message)
          return { traceId: span.traceId, spanId: span.spanId, answer: await answer }
        })
      },
      kind == 'shared',
      what,
    )

  test.each(['dedicated', 'shared'] as const)(
    'a message to a %s worker, and the request that it causes there, are of the page’s trace',
    async (kind) => {
      const { traceId, spanId } = await tell(kind, 'fetch')
      const message = await ground.find(of('worker', 'message'))
      const request = await ground.find(of('worker', 'GET'))
      expect(message).toMatchObject({ traceId, parentSpanId: spanId, kind: 5 })
      expect(request).toMatchObject({ traceId, parentSpanId: message.spanId, kind: 3 })
      expect(request.attributes['http.response.status_code']).toBe(200)
      const [arrived] = ground.requests
      expect(arrived!.headers['traceparent']).toBe(`00-${traceId}-${request.spanId}-03`)
    },
  )

  test('an error in a worker is recorded', async () => {
    await tell('dedicated', 'throw')
    const { events, status } = await ground.find(of('worker', 'uncaught exception'))
    expect(status).toBe(2)
    expect(events[0]).toMatchObject({
      name: 'exception',
      attributes: { 'exception.type': 'RangeError', 'exception.message': 'in the worker' },
    })
  })

  test('transfers and messages without an envelope arrive as they were sent', async () => {
    const seen = await tab.run(async () => {
      const { lightspan, postWithContext } = window
      const worker = new Worker('/worker.js')
      const ask = (send: () => void) =>
        new Promise<unknown>((done) => {
          worker.addEventListener('message', ({ data }) => done(data), { once: true })
          send()
        })
      const moved = new ArrayBuffer(8)
      const seen: unknown[] = []
      await lightspan.span('click', async (span) => {
        seen.push(
          await ask(() =>
            postWithContext(lightspan, worker, { buffer: moved, of: span.traceId }, [moved]),
          ),
        )
      })
      for (const message of [null, 'text', 7, { a: [1] }, { 'lightspan.message.v1': 3 }])
        seen.push(await ask(() => worker.postMessage(message)))
      seen.push(await ask(() => postWithContext(lightspan, worker, { plain: true })))
      return { seen: seen as Record<string, unknown>[], left: moved.byteLength }
    })
    const [first, ...others] = seen.seen
    expect(seen.left).toBe(0)
    expect(first!['size']).toBe(8)
    expect(first!['active']).toBe((first!['data'] as { of: string }).of)
    expect(others.map((it) => it['data'])).toEqual([
      null,
      'text',
      7,
      { a: [1] },
      { 'lightspan.message.v1': 3 },
      { plain: true },
    ])
    expect(others.map((it) => it['active'])).toEqual(others.map(() => null))
  })

  test('page, service worker and network are one trace', async () => {
    await tab.run(async () => {
      const controlled = new Promise((done) =>
        navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }),
      )
      await navigator.serviceWorker.register('/service-worker.js')
      if (!navigator.serviceWorker.controller) await controlled
      await window.lightspan.span('click', () => fetch('/api/through').then(() => 0))
    })
    const click = await ground.find(of('page', 'click'))
    const fromPage = await ground.find(of('page', 'GET'))
    const fromWorker = await ground.find(of('service worker', 'GET'))
    expect(fromPage).toMatchObject({ traceId: click.traceId, parentSpanId: click.spanId })
    expect(fromWorker).toMatchObject({ traceId: click.traceId, parentSpanId: fromPage.spanId })
    const arrived = ground.requests.filter(({ url }) => url == '/api/through')
    expect(arrived.map(({ headers }) => headers['traceparent'])).toEqual([
      `00-${click.traceId}-${fromWorker.spanId}-03`,
    ])
  })
})
