// What a wrapper of `fetch` from before us is handed: the app's own arguments, in the app's own shape.

import { fetchSpans } from '../../src/instrument/fetch.ts'
import type { PageTracer } from '../../src/trace/instrumentation.ts'
import { createStackContext, createTracer } from 'lightspan/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const handed: Parameters<typeof fetch>[] = []
let undo = () => {}

beforeEach(() => {
  handed.length = 0
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
    onEnd: () => {},
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
})
