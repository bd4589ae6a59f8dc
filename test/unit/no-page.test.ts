// Where there is no page (server rendering, Node, a worker), Lightspan is there and does nothing.

import { describe, expect, test, vi } from 'vitest'

const globals = () =>
  Object.getOwnPropertyNames(globalThis)
    .sort()
    .map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)

describe('without a page', () => {
  test('importing changes nothing, starts nothing, sends nothing', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const listeners = vi.spyOn(EventTarget.prototype, 'addEventListener')
    const before = globals()
    await import('lightspan')
    await import('lightspan/core')
    await import('lightspan/wire')
    expect(globals()).toEqual(before)
    expect(listeners).not.toHaveBeenCalled()
    expect(timers).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })

  test('start gives a handle that works and records nothing', async () => {
    const fetches = vi.spyOn(globalThis, 'fetch')
    const before = globalThis.fetch
    const { start } = await import('lightspan')
    const lightspan = start({ service: 'shop', url: 'http://127.0.0.1:9/v1/spans' })
    expect(lightspan.span('render', (span) => span.setAttribute('a', 1).name)).toBe('render')
    await expect(lightspan.span('load', async () => 'cart')).resolves.toBe('cart')
    expect(lightspan.startSpan('x').traceparent()).toMatch(/-02$/)
    lightspan.recordError(new Error('x'))
    expect(lightspan.active()).toBeUndefined()
    await lightspan.flush()
    lightspan.stop()
    expect(globalThis.fetch).toBe(before)
    expect(fetches).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })
})
