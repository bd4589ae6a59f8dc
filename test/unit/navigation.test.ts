// @vitest-environment happy-dom
// Navigations of a page whose engine has no Navigation API, and what else of that page could be in their way.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  errorSpans,
  inferredContext,
  interactionSpans,
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

describe('a navigation after a handler has gone on', () => {
  const click = async (work: () => void) => {
    const button = document.body.appendChild(document.createElement('button'))
    button.id = 'go'
    button.onclick = work
    const event = new MouseEvent('click', { bubbles: true, composed: true })
    Object.defineProperty(event, 'isTrusted', { value: true })
    button.dispatchEvent(event)
    await vi.advanceTimersByTimeAsync(3000)
    button.remove()
    lightspan!.stop()
  }
  const of = (name: string) => spans.find((it) => it.name == name)!
  const startAll = () => {
    lightspan = startWith(
      [loadSpans(), interactionSpans(), navigationSpans(), errorSpans(), inferredContext()],
      {
        service: 'shop',
        url: 'http://127.0.0.1:9/v1/spans',
        beforeSend: (span) => {
          spans.push(span)
          return null
        },
      },
    )
  }

  test('is guessed to be the click’s, with what starts in it', async () => {
    startAll()
    await vi.advanceTimersByTimeAsync(500)
    await click(() => setTimeout(() => history.pushState({}, '', '/cart'), 20))
    const [navigation, cause] = [of('navigation /cart'), of('click button#go')]
    expect(navigation.parentId).toBe(cause.spanId)
    expect(navigation.attributes['lightspan.context']).toBe('inferred')
  })

  test('waits for what the same handler asks for after it', async () => {
    startAll()
    await vi.advanceTimersByTimeAsync(500)
    let start = 0
    await click(() => {
      history.pushState({}, '', '/cart')
      start = performance.now()
      const request = lightspan!.startSpan('GET')
      setTimeout(() => request.end(), 450)
    })
    const [navigation, request] = [of('navigation /cart'), of('GET')]
    expect(request.parentId).toBe(of('click button#go').spanId)
    expect(navigation.attributes['lightspan.ended_by']).toBe('quiet')
    expect(navigation.start + navigation.duration).toBe(request.start + request.duration)
    expect(request.start - start).toBeLessThan(50)
  })

  test('has an error that is handled then, once, though it is thrown on', async () => {
    startAll()
    await vi.advanceTimersByTimeAsync(500)
    await click(() => {
      void lightspan!.startSpan('work').end()
      setTimeout(() => {
        const error = new Error('handled')
        lightspan!.recordError(error)
        dispatchEvent(Object.assign(new Event('error'), { error, message: 'handled' }))
      }, 20)
    })
    const errors = spans.filter(({ events }) => events.some(({ name }) => name == 'exception'))
    expect(errors).toMatchObject([
      {
        name: 'handled exception',
        parentId: of('click button#go').spanId,
        attributes: { 'lightspan.context': 'inferred' },
      },
    ])
  })
})
