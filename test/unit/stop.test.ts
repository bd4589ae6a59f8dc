// @vitest-environment happy-dom
// A Lightspan that was stopped leaves nothing going on in the page.

import { allParts, startWith } from 'lightspan'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}')))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a span that the application starts after the stop is watched by no timer', async () => {
  const lightspan = startWith([], { service: 'shop' }, allParts)
  lightspan.stop()
  lightspan.startSpan('late')
  await vi.advanceTimersByTimeAsync(2000)
  expect(vi.getTimerCount()).toBe(0)
})
