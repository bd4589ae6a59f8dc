// @vitest-environment happy-dom
// What ends as the page goes is in the last batch, whenever its instrumentation was installed.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startWith, type Instrumentation, type Lightspan } from 'lightspan'

let sent: string[] = []
let lightspan: Lightspan
const names = () => sent.join('')

beforeEach(() => {
  sent = []
  vi.stubGlobal('navigator', {
    userAgent: 'test',
    language: 'en',
    sendBeacon: (_: string, body: string) => !!sent.push(body),
  })
  vi.stubGlobal('fetch', () => Promise.resolve(new Response()))
  lightspan = startWith([], { service: 'shop', url: 'http://127.0.0.1:9/v1/spans' })
})
afterEach(() => {
  lightspan.stop()
  vi.unstubAllGlobals()
})

const endsWithThePage =
  (name: string): Instrumentation =>
  (tracer) => {
    const span = tracer.start(name)
    const end = () => span.end()
    addEventListener('pagehide', end, true)
    return () => removeEventListener('pagehide', end, true)
  }

test('a span that an instrumentation of use() ends on pagehide leaves with the page', () => {
  lightspan.use(endsWithThePage('first'))
  lightspan.use(endsWithThePage('second'))
  dispatchEvent(new Event('pagehide'))
  expect(names()).toContain('first')
  expect(names()).toContain('second')
  expect(sent).toHaveLength(1)
})

test('after stop() nobody listens, and use() installs nothing', () => {
  lightspan.use(endsWithThePage('used'))
  lightspan.stop()
  const install = vi.fn()
  lightspan.use(install)
  dispatchEvent(new Event('pagehide'))
  expect(install).not.toHaveBeenCalled()
  expect(sent).toEqual([])
})
