import fc from 'fast-check'
import { mayPropagate, parseTraceparent, pathTemplate, redactUrl, sampledAt } from 'lightspan/core'
import { describe, expect, test, vi } from 'vitest'
import { createPageTracer } from '../../src/page-tracer.ts'
import type { Span } from '../../src/trace/span.ts'
import type { Visitor } from '../../src/visitor.ts'

const trace = '0af7651916cd43dd8448eb211c80319c'
const span = 'b7ad6b7169203331'

describe('traceparent', () => {
  test('is read with its flags', () => {
    for (const flags of [0, 1, 2, 3])
      expect(parseTraceparent(`00-${trace}-${span}-0${flags}`)).toEqual({
        traceId: trace,
        spanId: span,
        flags,
      })
  })

  test('keeps only the flags that are known', () =>
    expect(parseTraceparent(`00-${trace}-${span}-ff`)).toMatchObject({ flags: 3 }))

  test('of a later version is read as far as it is understood', () =>
    expect(parseTraceparent(`cc-${trace}-${span}-01-what-comes`)).toMatchObject({ spanId: span }))

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['empty', ''],
    ['version ff', `ff-${trace}-${span}-01`],
    ['version 00 that goes on', `00-${trace}-${span}-01-x`],
    ['a later version that goes on without a dash', `cc-${trace}-${span}-01x`],
    ['an all-zero trace id', `00-${'0'.repeat(32)}-${span}-01`],
    ['an all-zero span id', `00-${trace}-${'0'.repeat(16)}-01`],
    ['capitals', `00-${trace.toUpperCase()}-${span}-01`],
    ['short flags', `00-${trace}-${span}-1`],
    ['two headers joined', `00-${trace}-${span}-01,00-${trace}-${span}-01`],
  ])('is ignored: %s', (_, header) => expect(parseTraceparent(header)).toBeUndefined())

  test('never makes its reader throw', () =>
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (it) => void parseTraceparent(it))))
})

describe('trace context travels to', () => {
  const own = 'https://shop.example'
  test.each([
    ['the own origin', [], own, true],
    ['no other one', [], 'https://api.example', false],
    ['an exact one', ['https://api.example'], 'https://api.example', true],
    ['not the same host with another scheme', ['https://api.example'], 'http://api.example', false],
    [
      'not the same host with another port',
      ['https://api.example'],
      'https://api.example:8443',
      false,
    ],
    ['a subdomain', ['*.example.com'], 'https://api.example.com', true],
    ['a deeper subdomain', ['*.example.com'], 'https://a.b.example.com', true],
    ['not the bare domain of a wildcard', ['*.example.com'], 'https://example.com', false],
    ['not a domain that only ends alike', ['*.example.com'], 'https://badexample.com', false],
    [
      'a subdomain with the scheme asked for',
      ['https://*.example.com'],
      'https://a.example.com',
      true,
    ],
    ['not with another scheme', ['https://*.example.com'], 'http://a.example.com', false],
    ['an expression', [/^https:\/\/api\d\.example$/], 'https://api2.example', true],
    ['not what an expression denies', [/^https:\/\/api\d\.example$/], 'https://api.example', false],
    ['not an opaque origin', ['*.example.com'], 'null', false],
  ])('%s', (_, targets, origin, expected) =>
    expect(mayPropagate(targets, origin, own)).toBe(expected),
  )

  test('the same answer twice with a global expression', () => {
    const targets = [/api/g]
    const ask = () => mayPropagate(targets, 'https://api.example')
    expect([ask(), ask(), ask()]).toEqual([true, true, true])
  })
})

describe('a URL', () => {
  test('leaves without credentials, query values and fragment', () =>
    expect(redactUrl(new URL('https://ann:secret@shop.example/a/b?token=abc&q=1&flag#frag'))).toBe(
      'https://shop.example/a/b?token=REDACTED&q=REDACTED&REDACTED',
    ))

  test.each([
    ['data:image/png;base64,iVBORw0KGgo', 'data:'],
    ['blob:https://shop.example/6f1c2a3b', 'blob:'],
    ['about:srcdoc', 'about:'],
    ['file:///home/ann/index.html', 'file:///home/ann/index.html'],
    ['https://shop.example/unsub?dXNlckBleGFtcGxlLmNvbQ==', 'https://shop.example/unsub?REDACTED'],
    ['https://shop.example/unsub?dXNlckBleGFtcGxlLmNvbTE=', 'https://shop.example/unsub?REDACTED'],
    ['https://shop.example/?q=&p=1', 'https://shop.example/?REDACTED&p=REDACTED'],
  ])('such as %s leaves as %s', (url, text) => expect(redactUrl(new URL(url))).toBe(text))

  test('never lets a query value through', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.webFragments(), fc.webQueryParameters())), (all) => {
        const url = new URL('https://shop.example/')
        all.forEach(([, value], at) => url.searchParams.append(`k${at}`, `secret${value}`))
        expect(redactUrl(url)).not.toContain('secret')
      }),
    ))

  test.each([
    ['/product/123', '/product/{id}'],
    ['/product/123/reviews/9', '/product/{id}/reviews/{id}'],
    ['/o/6f1c2a3b-1234-4abc-8def-0123456789ab', '/o/{id}'],
    ['/o/deadbeefcafe', '/o/{id}'],
    ['/1/2/3', '/{id}/{id}/{id}'],
    ['/cart', '/cart'],
    ['/v2/items', '/v2/items'],
    ['/', '/'],
  ])('path %s is named %s', (path, name) => expect(pathTemplate(path)).toBe(name))
})

describe('sampling', () => {
  const id = fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 32, maxLength: 32 })
    .map((all) => all.join(''))

  test('takes all at 1 and none at 0', () =>
    fc.assert(
      fc.property(id, (it) => {
        expect(sampledAt(1, it)).toBe(true)
        expect(sampledAt(0, it)).toBe(false)
      }),
    ))

  test('keeps at a higher rate what it keeps at a lower one', () =>
    fc.assert(
      fc.property(id, fc.double({ min: 0, max: 1, noNaN: true }), (it, rate) => {
        if (sampledAt(rate, it)) expect(sampledAt(Math.min(1, rate + 0.1), it)).toBe(true)
      }),
    ))

  test('takes about the share it is told', () => {
    const random = Array.from({ length: 4000 }, (_, at) =>
      ((at + 0.5) / 4000).toString(16).slice(2, 16).padEnd(14, '0').padStart(32, 'a'),
    )
    const kept = random.filter((it) => sampledAt(0.25, it)).length
    expect(kept).toBeGreaterThan(980)
    expect(kept).toBeLessThan(1020)
  })
})

test('a trace state that no header can hold stays out of requests', () => {
  vi.stubGlobal('origin', 'https://shop.example')
  const visitor = { mayPropagate: () => true } as unknown as Visitor
  const { headers } = createPageTracer({ service: 'a' }, visitor, {} as never, {} as never)
  const told = (traceState?: string) =>
    headers({ traceState, traceparent: () => 'ours' } as Span, {
      origin: 'https://shop.example',
      pathname: '/',
    })
  expect(['a=b', 'a\nb', 'ü', '', undefined].map((it) => told(it)!['tracestate'])).toEqual([
    'a=b',
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  vi.unstubAllGlobals()
})
