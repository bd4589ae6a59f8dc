// What a wrapper of `fetch` from before us is handed: the app's own arguments, in the app's own shape.

import { fetchSpans } from '../../src/instrument/fetch.ts'
import type { PageTracer } from '../../src/trace/instrumentation.ts'
import { createStackContext, createTracer, type Span } from 'lightspan/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const handed: Parameters<typeof fetch>[] = []
const ended: Span[] = []
let undo = () => {}

beforeEach(() => {
  handed.length = ended.length = 0
  vi.stubGlobal('document', { baseURI: 'http://shop.example/' })
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('removeEventListener', () => {})
  vi.stubGlobal('fetch', async (...args: Parameters<typeof fetch>) => {
    handed.push(args)
    return new Response()
  })
  const context = createStackContext()
  const tracer = createTracer({
    clock: { origin: 0, now: () => performance.now() },
    random: (bytes) => 'ab'.repeat(bytes),
    context,
    sample: 1,
    onEnd: (span) => ended.push(span),
  })
  undo = fetchSpans()({
    ...context,
    ...tracer,
    redact: (url: URL) => url.href,
    headers: () => ({ traceparent: 'ours' }),
    answered: () => {},
    timing: () => {},
    claim: () => true,
    later: (work: () => void) => work(),
  } as unknown as PageTracer)
})
afterEach(() => {
  undo()
  vi.unstubAllGlobals()
})

describe('headers', () => {
  test('of a plain object can be spread, with ours among them', async () => {
    await fetch('/api', { headers: { 'X-App': '1' } })
    const init = handed[0]![1]!
    expect({ ...(init.headers as Record<string, string>) }).toEqual({
      'X-App': '1',
      traceparent: 'ours',
    })
  })

  test('that are Headers stay Headers', async () => {
    await fetch('/api', { headers: new Headers({ 'x-app': '1' }) })
    const { headers } = handed[0]![1]!
    expect([...(headers as Headers)]).toEqual([
      ['traceparent', 'ours'],
      ['x-app', '1'],
    ])
  })

  test('of the app are left as they were where it propagates a context of its own', async () => {
    const headers = { TraceParent: 'mine' }
    await fetch('/api', { headers })
    expect(handed[0]![1]!.headers).toBe(headers)
  })

  test('of a frozen init are read all the same, as the platform reads it', async () => {
    const init = Object.freeze({ method: 'PUT', headers: Object.freeze({ 'X-App': '1' }) })
    await fetch('/api', init)
    const { method, headers } = handed[0]![1]!
    expect([method, { ...(headers as Record<string, string>) }]).toEqual([
      'PUT',
      { 'X-App': '1', traceparent: 'ours' },
    ])
    expect({ ...handed[0]![1] }).toMatchObject({ method: 'PUT', headers })
  })

  test('of a Request of another realm stay, as those of one of ours', async () => {
    // what tells one: neither `instanceof` nor the name of its class does
    class Foreign extends Request {}
    Object.defineProperty(Foreign, Symbol.hasInstance, { value: () => false })
    const native = Request
    vi.stubGlobal('Request', Foreign)
    await fetch(new native('http://shop.example/api', { headers: { authorization: 'Bearer t' } }))
    expect(Object.fromEntries(handed[0]![1]!.headers as Headers)).toEqual({
      authorization: 'Bearer t',
      traceparent: 'ours',
    })
  })

  test('are ours alone, whatever somebody put on the prototype of all objects', async () => {
    Object.assign(Object.prototype, { legacy: 'yes' })
    try {
      await fetch('/api', { method: 'POST' })
      expect([...(handed[0]![1]!.headers as Headers)]).toEqual([['traceparent', 'ours']])
    } finally {
      delete (Object.prototype as { legacy?: string }).legacy
    }
  })

  test('that are none are for the platform to judge, and the span ends with its answer', async () => {
    const headers = { 'bad header': 'x' }
    await fetch('/api', { headers })
    expect(handed[0]![1]!.headers).toBe(headers)
    expect(ended).toHaveLength(0) // its entry is awaited
    vi.stubGlobal('PerformanceObserver', undefined)
    undo()
    expect(ended).toMatchObject([{ attributes: { 'http.response.status_code': 200 } }])
  })
})
