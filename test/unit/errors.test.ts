// Which of the errors that a page tells of are recorded.

import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createStackContext, createTracer, type Span } from 'lightspan/core'
import { errorSpans } from '../../src/instrument/errors.ts'
import type { PageTracer } from '../../src/trace/instrumentation.ts'

let page: EventTarget
let ended: Span[]

beforeEach(() => {
  page = new EventTarget()
  ended = []
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  vi.stubGlobal('document', { baseURI: 'https://shop.example/' })
  const tracer = createTracer({
    clock: { origin: 0, now: () => 0 },
    random: (bytes) => 'ab'.repeat(bytes),
    context: createStackContext(),
    sample: 1,
    onEnd: (span) => ended.push(span),
  })
  const undo = errorSpans()({ ...tracer, redact: (url: URL) => url.href } as unknown as PageTracer)
  return () => {
    undo()
    vi.unstubAllGlobals()
  }
})

const tell = (type: string, members: object) =>
  page.dispatchEvent(
    Object.defineProperties(new Event(type), Object.getOwnPropertyDescriptors(members)),
  )
const reject = (reason: unknown) => tell('unhandledrejection', { reason })
const lose = (src: unknown) => tell('error', { target: { src, localName: 'img' } })

const messages = () => ended.map(({ events }) => events[0]?.attributes['exception.message'])

describe('errors', () => {
  test('of one line with different messages are different, in engines whose stacks have no message too', () => {
    for (const message of ['one', 'two', 'two'])
      reject({ name: 'Error', message, stack: 'load@https://shop.example/a.js:1:2' })
    expect(messages()).toEqual(['one', 'two'])
  })

  test('that are plain objects are told apart by their messages', () => {
    for (const message of ['one', 'two']) reject({ message })
    expect(messages()).toEqual(['one', 'two'])
  })

  test.each([
    ['without a prototype', Object.create(null)],
    [
      'that throws when it is read',
      {
        get stack() {
          throw new Error('no')
        },
      },
    ],
    [
      'that is a hostile proxy',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no')
          },
        },
      ),
    ],
    ['that is nothing', undefined],
  ])('%s are recorded, by their type if need be', (_, reason) => {
    reject(reason)
    expect(ended.map(({ name, status }) => [name, status])).toEqual([['uncaught exception', 2]])
  })

  test('are a hundred at most, whatever did not load before', () => {
    for (let at = 0; at < 150; at++) lose(`/picture/${at}`)
    for (let at = 0; at < 150; at++) tell('error', { target: {} }) // an element's own, of no resource
    expect(ended.map(({ name }) => name)).toEqual(Array(100).fill('resource error'))
    for (let at = 0; at < 150; at++) reject(new Error(`no ${at}`))
    expect(ended).toHaveLength(200)
    expect(messages()[100]).toBe('no 0')
  })
})
