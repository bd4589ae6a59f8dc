import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createHandle } from '../../src/handle.ts'
import { createStackContext, createTracer, type Span } from 'lightspan/core'

let ended: Span[] = []
const make = () =>
  createHandle(
    createTracer({
      clock: { origin: 0, now: () => performance.now() },
      random: (bytes) => 'ab'.repeat(bytes),
      context: createStackContext(),
      sample: 1,
      onEnd: (span) => ended.push(span),
    }),
    {
      flush: async () => {},
      stop: () => {},
      setAttributes: () => {},
      setConsent: () => {},
      use: () => {},
    },
  )
let lightspan = make()
beforeEach(() => {
  ended = []
  lightspan = make()
})
afterEach(() => expect(lightspan.active()).toBeUndefined())

describe('span() around synchronous work', () => {
  test('returns what the work returns and is active meanwhile', () => {
    const result = lightspan.span('price', (span) => {
      expect(lightspan.active()).toBe(span)
      return 42
    })
    expect(result).toBe(42)
    expect(ended.map(({ name }) => name)).toEqual(['price'])
  })

  test('takes options in between', () => {
    lightspan.span('price', { kind: 3, attributes: { items: 2 } }, () => {})
    expect(ended).toMatchObject([{ kind: 3, attributes: { items: 2 } }])
  })

  test('throws what the work throws, the same object, and records it', () => {
    const error = new RangeError('too much')
    let caught: unknown
    try {
      lightspan.span('price', () => {
        throw error
      })
    } catch (it) {
      caught = it
    }
    expect(caught).toBe(error)
    expect(ended).toMatchObject([{ status: 2, attributes: { 'error.type': 'RangeError' } }])
  })
})

describe('span() around asynchronous work', () => {
  test('ends when the promise settles, and resolves to its value', async () => {
    let finish = (_: string) => {}
    const result = lightspan.span(
      'load',
      () => new Promise<string>((resolve) => (finish = resolve)),
    )
    expect(ended).toEqual([])
    finish('cart')
    expect(await result).toBe('cart')
    expect(ended).toHaveLength(1)
  })

  test('rejects with the same error, and records it', async () => {
    const error = new Error('offline')
    await expect(lightspan.span('load', () => Promise.reject(error))).rejects.toBe(error)
    expect(ended).toMatchObject([{ status: 2, events: [{ name: 'exception' }] }])
  })
})

describe('recordError()', () => {
  test('goes to the active span', () => {
    lightspan.span('a', () => lightspan.recordError(new Error('x')))
    expect(ended).toMatchObject([{ name: 'a', status: 2, events: [{ name: 'exception' }] }])
  })

  test('makes a span of its own where none is active', () => {
    lightspan.recordError('just text')
    expect(ended).toMatchObject([
      { name: 'handled exception', events: [{ attributes: { 'exception.message': 'just text' } }] },
    ])
  })

  test('survives whatever is thrown at it', () => {
    const hostile = {
      get message(): string {
        throw new Error('gotcha')
      },
    }
    for (const it of [hostile, null, undefined, 0, Symbol('s'), Object.create(null), () => {}])
      expect(() => lightspan.recordError(it)).not.toThrow()
    expect(ended).toHaveLength(7)
  })
})
