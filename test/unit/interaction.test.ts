// @vitest-environment happy-dom
// Interactions: their span is made when somebody asks for it, and not before.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  allParts,
  interactionSpans,
  startWith,
  webVitals,
  type Instrumentation,
  type Lightspan,
} from 'lightspan'
import { sharedSlot } from '../../src/trace/context.ts'
import type { SpanRecord } from '../../src/trace/record.ts'
import { makeUpEngine } from '../kit/made-up-engine.ts'

/** Longer than what follows a click may belong to it, and than the engine may take to tell of it, in ms. */
const over = 1500

let spans: SpanRecord[] = []
let tell: ReturnType<typeof makeUpEngine>
let lightspan: Lightspan
let asked: string[] = []
let noted: readonly object[] = []

const peek: Instrumentation = (tracer) => {
  noted = tracer.noted
  return () => {}
}

beforeEach(() => {
  spans = []
  asked = []
  vi.useFakeTimers()
  tell = makeUpEngine(['event'])
  document.body.innerHTML = '<button id=buy>Buy</button>'
  lightspan = startWith(
    [peek, interactionSpans(), webVitals()],
    {
      service: 'shop',
      url: 'http://127.0.0.1:9/v1/spans',
      sample: ({ name }) => {
        asked.push(name)
        return 1
      },
      beforeSend: (span) => {
        spans.push(span)
        return null
      },
    },
    { sampler: allParts.sampler },
  )
  void lightspan.flush() // vitals begin with what is done later
})
afterEach(() => {
  lightspan.stop()
  vi.restoreAllMocks()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const leave = () => dispatchEvent(new Event('pagehide'))
const button = () => document.querySelector('button')!
// An event of a user; handlers run `delay` ms after it, `clientX` is where.
const input = (
  type: string,
  handler: () => void = () => {},
  { delay = 0, clientX = 0, at = button() as HTMLElement } = {},
) => {
  const event = new Event(type, { bubbles: true })
  const timeStamp = performance.now() - delay
  const seen = { isTrusted: true, timeStamp, clientX }
  for (const [name, value] of Object.entries(seen)) Object.defineProperty(event, name, { value })
  at.addEventListener(type, handler, { once: true })
  at.dispatchEvent(event)
  return timeStamp
}
const click = (handler?: () => void) => input('click', handler)
const named = (start: string) => spans.find(({ name }) => name.startsWith(start))!

describe('a click that causes nothing', () => {
  test('draws no id, asks no sampler and is no span', async () => {
    const draw = vi.spyOn(crypto, 'getRandomValues')
    asked = []
    click()
    await vi.advanceTimersByTimeAsync(over)
    expect(draw).not.toHaveBeenCalled()
    expect(asked).toEqual([])
    expect(spans).toEqual([])
  })

  test('keeps no element of the page', async () => {
    const startTime = click()
    tell('event', { name: 'click', startTime, duration: 16, target: button() })
    const held = () =>
      noted.flatMap((it) => Object.values(it) as unknown[]).filter((it) => it instanceof Node)
    expect(held()).toEqual([button()])
    expect(noted[0]).toMatchObject({ timed: { target: button() } })
    await vi.advanceTimersByTimeAsync(over)
    expect(noted).toHaveLength(1)
    expect(held()).toEqual([])
    expect(noted[0]).toMatchObject({ timed: undefined })
  })

  test('is none either where its handler only looked at the active span', async () => {
    let seen: unknown
    click(() => (seen = lightspan.active()?.name))
    await vi.advanceTimersByTimeAsync(over)
    expect(seen).toBe('click button#buy')
    expect(spans).toEqual([])
  })

  test('is one where it was slow', async () => {
    const startTime = click()
    tell('event', { name: 'click', startTime, processingStart: startTime, duration: 300 })
    await vi.advanceTimersByTimeAsync(over)
    expect(spans).toMatchObject([{ name: 'click button#buy', start: startTime, duration: 300 }])
  })

  test('is none either where the engine makes events of it for long', async () => {
    input('pointerdown')
    await vi.advanceTimersByTimeAsync(500)
    input('input')
    await vi.advanceTimersByTimeAsync(over)
    expect(spans).toEqual([])
  })

  test('is not what the vital of it is linked to, for it was never sent', async () => {
    const startTime = click()
    const entry = { startTime, processingStart: startTime, duration: 96, interactionId: 7 }
    tell('event', { name: 'click', ...entry })
    await vi.advanceTimersByTimeAsync(over)
    leave()
    expect(named('web vital INP').links).toEqual([])
  })
})

describe('clicks that cause nothing', () => {
  test('do not make the vital of one that was slow forget it', async () => {
    const startTime = click()
    const slow = { startTime, processingStart: startTime, duration: 300, interactionId: 7 }
    tell('event', { name: 'click', ...slow })
    await vi.advanceTimersByTimeAsync(over)
    for (let clicks = 0; clicks < 40; clicks++) {
      click()
      await vi.advanceTimersByTimeAsync(over)
    }
    leave()
    expect(named('web vital INP').links).toMatchObject([{ spanId: named('click').spanId }])
  })
})

describe('a click that causes something', () => {
  test('is asked of the sampler by its name', () => {
    click(() => lightspan.span('work', () => {}))
    expect(asked).toContain('click button#buy')
  })

  test('keeps what its handler noted on it', async () => {
    click(() => {
      lightspan.active()!.setAttribute('cart', 3)
      lightspan.span('work', () => {})
    })
    await vi.advanceTimersByTimeAsync(over)
    const it = named('click')
    expect(it).toMatchObject({ name: 'click button#buy', attributes: { cart: 3 } })
    expect(named('work')).toMatchObject({ traceId: it.traceId, parentId: it.spanId })
  })

  test.each([
    ['', () => {}],
    [' though it was looked at before', () => void lightspan.active()],
  ])('after it was over, by a context that was kept, arrives%s', async (_, handler) => {
    const slot = sharedSlot()
    let kept: unknown
    click(() => {
      handler()
      kept = slot.current
    })
    await vi.advanceTimersByTimeAsync(over)
    slot.current = kept
    lightspan.span('late', () => {})
    slot.current = undefined
    leave()
    const it = named('click')
    expect(it.duration).toBeLessThan(over)
    expect(named('late')).toMatchObject({ traceId: it.traceId, parentId: it.spanId })
  })
})

describe('a slow first event', () => {
  test.each(['keydown', 'pointerdown'])(
    'is what the interaction is of, however long the %s is held',
    async (type) => {
      const startTime = input(type, () => {}, { delay: 300 })
      const slow = { startTime, processingStart: startTime + 10, interactionId: 7 }
      tell('event', { name: type, ...slow, processingEnd: startTime + 300, duration: 320 })
      await vi.advanceTimersByTimeAsync(500)
      const up = type.replace('down', 'up')
      tell('event', { name: up, startTime: input(up), duration: 16, interactionId: 7 })
      await vi.advanceTimersByTimeAsync(over)
      leave()
      const it = named(type)
      expect(it).toMatchObject({ name: `${type} button#buy`, start: startTime, duration: 320 })
      expect(named('web vital INP').links).toMatchObject([{ spanId: it.spanId }])
    },
  )
})

describe('a drag', () => {
  test.each([100, over + 500])('that takes %i ms is one, of what was dragged', async (took) => {
    input('pointerdown')
    await vi.advanceTimersByTimeAsync(took)
    const there = { clientX: 100, at: document.body }
    input('pointerup', () => lightspan.span('drop', () => {}), there)
    await vi.advanceTimersByTimeAsync(over)
    const it = named('drag')
    expect(it.name).toBe('drag button#buy')
    expect(named('drop').parentId).toBe(it.spanId)
  })

  test('is none where the pointer stays', async () => {
    input('pointerdown')
    await vi.advanceTimersByTimeAsync(over + 500)
    input('pointerup', () => lightspan.span('work', () => {}), { clientX: 5 })
    await vi.advanceTimersByTimeAsync(over)
    expect(named('pointerup').name).toBe('pointerup button#buy')
  })
})
