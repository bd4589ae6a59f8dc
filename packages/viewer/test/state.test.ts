// state.test.ts: addresses, what people type, and answers that come late. No DOM.

import { describe, expect, test } from 'vitest'
import { createApi } from '../src/api/client.ts'
import { clockOf, differingClocks } from '../src/state/clock-words.ts'
import { filterQuery, isNarrow, noFilter, parseFilter, type Filter } from '../src/state/filter.ts'
import { createLoading } from '../src/state/loading.ts'
import { lossesOf } from '../src/state/losses.ts'
import { createMemory } from '../src/state/memory.ts'
import { listHref, parseRoute, traceHref } from '../src/state/route.ts'
import { parseAttributes, parseDuration, parseTime } from '../src/state/typed.ts'

describe('the filter in the address', () => {
  const full: Filter = {
    service: 'shop web',
    name: 'buy & pay',
    minDuration: 1.5,
    status: 'error',
    attributes: ['http.route=/a?b=c', 'user.name=Ada "L"', 'present'],
    from: '2026-01-01T00:00:00.000Z',
    to: '-5m',
    limit: 200,
  }

  test('comes back as it was', () => expect(parseFilter('?' + filterQuery(full))).toEqual(full))

  test('says nothing that goes without saying', () => {
    expect(filterQuery(noFilter)).toBe('')
    expect(listHref(noFilter)).toBe('/')
    expect(filterQuery(noFilter, true)).toBe('from=-1h&limit=50')
  })

  test('takes nonsense for nothing', () => {
    expect(parseFilter('?status=maybe&minDuration=fast&limit=-3&from=&attribute=&other=1')).toEqual(
      noFilter,
    )
    expect(parseFilter('?limit=99999').limit).toBe(1000)
  })

  test('a time range alone narrows nothing', () => {
    expect(isNarrow({ ...noFilter, from: '-1d', limit: 200 })).toBe(false)
    expect(isNarrow({ ...noFilter, status: 'error' })).toBe(true)
  })
})

describe('addresses', () => {
  test('name a trace and a span, in either case of hex', () => {
    expect(parseRoute({ pathname: '/trace/ABC1', search: '?span=FF' })).toEqual({
      page: 'trace',
      traceId: 'abc1',
      spanId: 'ff',
    })
    expect(traceHref('abc', 'ff')).toBe('/trace/abc?span=ff')
  })

  test('that mean nothing are nowhere, and do not throw', () => {
    expect(parseRoute({ pathname: '/x', search: '' }).page).toBe('nowhere')
    expect(parseRoute({ pathname: '/trace/%E0%A4%A', search: '' }).page).toBe('trace')
  })
})

describe('what people type', () => {
  test.each([
    ['250', 250],
    ['250ms', 250],
    ['1.5 s', 1500],
    ['80us', 0.08],
    ['80 µs', 0.08],
    ['2m', 120_000],
    ['', undefined],
    ['0', undefined],
    ['-4', undefined],
    ['quick', undefined],
  ])('the duration %o', (text, ms) => expect(parseDuration(text)).toBe(ms))

  test.each([
    ['http.route=/cart', ['http.route=/cart']],
    ['a=1  b=2', ['a=1', 'b=2']],
    ['user="Ada Lovelace" x', ['user=Ada Lovelace', 'x']],
    ['q=say "hi there"', ['q=say', '"hi there"']],
    ['url=/?a=b=c', ['url=/?a=b=c']],
    ['=nothing', []],
    ['open="never closed', ['open=never closed']],
    ['', []],
  ])('the attributes %o', (text, found) => expect(parseAttributes(text)).toEqual(found))

  test('times: epoch, offset, ISO', () => {
    expect(parseTime('1764000000000', 5)).toBe(1764000000000)
    expect(parseTime('-15m', 1e9)).toBe(1e9 - 900_000)
    expect(parseTime('2026-01-01T00:00:00Z', 0)).toBe(1767225600000)
    expect(parseTime('soon', 0)).toBeUndefined()
  })
})

describe('asking the collector', () => {
  const answering = (status: number, body: string) =>
    createApi(() => Promise.resolve(new Response(body, { status })))

  test('an answer is an answer', async () => {
    const { traces } = answering(200, '{"traces":[],"truncated":false}')
    expect(await traces('')).toEqual({ kind: 'ok', value: { traces: [], truncated: false } })
  })

  test('a refusal tells its field and reason', async () => {
    const { traces } = answering(400, '{"error":{"field":"from","reason":"no time"}}')
    expect(await traces('')).toEqual({
      kind: 'failed',
      status: 400,
      field: 'from',
      because: 'no time',
    })
  })

  test('no network, no JSON and a bare status are told in words, never thrown', async () => {
    const down = createApi(() => Promise.reject(new TypeError('fetch failed')))
    expect(await down.services('')).toMatchObject({ kind: 'failed', status: 0 })
    expect(await answering(200, '<html>').services('')).toMatchObject({
      because: 'The answer was not JSON.',
    })
    expect(await answering(503, '').trace('a')).toMatchObject({ kind: 'failed', status: 503 })
  })

  test('the latest question wins, in whatever order answers come', async () => {
    const { state, busy, load } = createLoading<string>()
    const answers: ((text: string) => void)[] = []
    const ask = () =>
      new Promise<{ kind: 'ok'; value: string }>((resolve) =>
        answers.push((value) => resolve({ kind: 'ok', value })),
      )
    const first = load(ask)
    const second = load(ask)
    answers[1]?.('second')
    await second
    answers[0]?.('first')
    await first
    expect(state.value).toEqual({ kind: 'ready', value: 'second' })
    expect(busy.value).toBe(false)
  })
})

test('a forbidden localStorage forgets, and does nothing else', () => {
  const memory = createMemory(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  memory.write('theme', 'dark')
  expect(memory.read('theme')).toBeNull()
})

test('every reason for which a page loses spans is said in words, and one of elsewhere as it stands', () => {
  const reasons = [
    'queue',
    'minute',
    'trace',
    'invalid',
    'refused',
    'rejected',
    'overhead',
    'offline',
  ]
  const dropped = Object.fromEntries([...reasons, 'other'].map((reason, at) => [reason, 9 - at]))
  const lines = lossesOf([{ name: 'shop', dropped }])!.explained.split('\n')
  expect(lines.map((line) => /^(\w+): \w/.exec(line)?.[1] ?? line)).toEqual([...reasons, 'other'])
})

describe('clocks', () => {
  const plain = (text: string | undefined) => text?.replaceAll('\u00a0', ' ')

  test('are told where they were taken to differ, most first, and not where it is no matter', () => {
    expect(differingClocks([{ service: 'a', shift: 99 }, { service: 'b' }])).toBeUndefined()
    const shifts = [150, -60_000, 2000, 300, -400]
    const clocks = shifts.map((shift, n) => ({ service: `s${n}`, shift }))
    expect(plain(differingClocks(clocks))).toBe(
      's1 about 1 m 0 s ahead, s2 about 2 s behind, s4 about 400 ms ahead, 2 more',
    )
  })

  test('of one service are told where that is certain', () => {
    const said = (clock: object) => plain(clockOf([{ service: 'a', ...clock }], 'a'))
    expect(said({ offset: 5000, uncertainty: 40 })).toBe("5 s behind the collector's, ± 40 ms")
    expect(said({ offset: 5000, uncertainty: 5000, atMost: -200 })).toBeUndefined()
    expect(said({ atMost: -3000 })).toBe("at least 3 s ahead of the collector's")
    // it may have been on its way for so long
    expect(said({ atMost: 3000 })).toBeUndefined()
    expect(clockOf([], 'a')).toBeUndefined()
  })
})
