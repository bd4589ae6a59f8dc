// @vitest-environment happy-dom
// Navigations of a page whose engine has no Navigation API, and what else of that page could be in their way.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  loadSpans,
  navigationSpans,
  startWith,
  webVitals,
  type Lightspan,
  type NavigationOptions,
} from 'lightspan'
import type { SpanRecord } from '../../src/trace/record.ts'
import { makeUpEngine } from '../kit/made-up-engine.ts'

let spans: SpanRecord[] = []
let tell: ReturnType<typeof makeUpEngine>
let lightspan: Lightspan | undefined

const start = (options?: NavigationOptions) => {
  lightspan = startWith([loadSpans(), navigationSpans(options), webVitals()], {
    service: 'shop',
    url: 'http://127.0.0.1:9/v1/spans',
    beforeSend: (span) => {
      spans.push(span)
      return null
    },
  })
}
const names = () => spans.map(({ name }) => name).filter((name) => name.startsWith('navigation'))
const settle = async () => {
  await vi.advanceTimersByTimeAsync(1000)
  void lightspan!.flush()
}

beforeEach(() => {
  spans = []
  vi.useFakeTimers()
  tell = makeUpEngine(['paint'])
  history.replaceState({}, '', '/')
})
afterEach(() => {
  lightspan!.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('a navigation', () => {
  test.each([
    ['throws', () => JSON.parse('') as string],
    ['returns no text', () => ({ path: '/:id' }) as unknown as string],
    ['says nothing', () => undefined],
  ])('has a route that is learned, where the application’s %s', async (_, route) => {
    start({ route })
    history.pushState({}, '', '/product/7')
    await settle()
    expect(names()).toEqual(['navigation /product/{id}'])
  })

  test.each([
    ['an element', () => document.createElement('nav')],
    ['a text', () => 'x'],
  ])('is told of where the page calls %s `navigation`', async (_, make) => {
    vi.stubGlobal('navigation', make())
    start()
    history.pushState({}, '', '/cart')
    await settle()
    expect(names()).toEqual(['navigation /cart'])
  })

  test('in a page that nobody sees is over when it is quiet, without a frame', async () => {
    vi.stubGlobal('requestAnimationFrame', () => 0)
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    start()
    history.pushState({}, '', '/cart')
    await settle()
    expect(spans.find(({ name }) => name == 'navigation /cart')).toMatchObject({
      attributes: { 'lightspan.ended_by': 'quiet' },
    })
  })
})

describe('a wrapper of the page’s', () => {
  const { prototype } = History
  const { pushState } = prototype
  const wrap = (owner: History) => {
    const heard: unknown[] = []
    const before = owner.pushState
    owner.pushState = function (...args) {
      heard.push(args[2])
      before.apply(this, args)
      return 'its own' as never
    }
    return heard
  }
  afterEach(() => {
    prototype.pushState = pushState
    delete (history as Partial<History>).pushState
  })

  test.each([
    ['of the prototype', () => prototype],
    ['of the object', () => history],
  ])('%s, made before or after ours, hears of it, returns its own, and so do we', async (_, of) => {
    const before = wrap(of())
    start()
    expect(history.pushState({}, '', '/one')).toBe('its own')
    await settle()
    const after = wrap(of())
    expect(history.pushState({}, '', '/two')).toBe('its own')
    await settle()
    expect(before).toEqual(['/one', '/two'])
    expect(after).toEqual(['/two'])
    expect(names()).toEqual(['navigation /one', 'navigation /two'])
  })
})

test('what is measured of a load belongs to it, though a router has replaced its address', async () => {
  start()
  history.replaceState({}, '', '/login')
  await settle()
  tell('paint', { name: 'first-contentful-paint', startTime: 5 })
  lightspan!.stop()
  const of = (name: string) => spans.find((it) => it.name == name)!
  expect(of('navigation /login').parentId).toBeUndefined()
  expect(of('web vital FCP').parentId).toBe(of('page load').spanId)
})
