import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import {
  compactFromOtlp,
  compactLimits,
  createIds,
  decodeCompact,
  encodeCompact,
  encodeOtlp,
  validIds,
  type Batch,
  type OtlpSpan,
  type SpanRecord,
  type TracesData,
} from 'lightspan/wire'
import { describe, expect, test } from 'vitest'
import { allKnown } from '../kit/all-known.mjs'
import { inOrder } from '../../src/wire/compact.ts'
import { batch, otlp } from './arbitrary-span.ts'

interface Vector {
  name: string
  batch: Omit<Batch, 'ids'> & { seed?: number[] }
  compact: unknown
  otlp: unknown
}

const vectors = JSON.parse(
  readFileSync(new URL('../vectors/compact-v1.json', import.meta.url), 'utf8'),
) as Vector[]

const batchOf = ({ batch: { seed, ...rest } }: Vector): Batch => ({
  ...rest,
  ids: seed && allKnown(createIds(seed)),
})

const spansOf = ({ resourceSpans }: TracesData) =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))

describe('the compact format', () => {
  test.each(vectors)('writes the vector "$name" as it is published', (vector) =>
    expect(JSON.parse(encodeCompact(batchOf(vector)))).toEqual(vector.compact),
  )

  test.each(vectors)('reads the vector "$name" as the OTLP beside it', ({ compact, otlp }) =>
    expect(decodeCompact(JSON.stringify(compact)).data).toEqual(otlp),
  )

  test.each([1, 2e12, Date.UTC(2026, 0)])(
    'has a unit that is a safe integer where all times are the same, %s ms',
    (time) => {
      const [vector] = vectors
      const given = batchOf(vector!)
      const [span] = batchOf(vectors.find((it) => it.batch.spans.length)!).spans
      const it = { ...given, origin: 0, sent: time, spans: [] }
      const alone = { ...span!, start: time, duration: 0, events: [] }
      for (const spans of [[], [alone]])
        expect(decodeCompact(encodeCompact({ ...it, spans })).data).toEqual(
          JSON.parse(encodeOtlp({ ...it, spans })),
        )
    },
  )

  test('says of any batch exactly what OTLP says of it', () =>
    fc.assert(
      fc.property(batch, (it) => {
        const read = decodeCompact(encodeCompact(it))
        expect(read.data).toEqual(JSON.parse(encodeOtlp({ ...it, spans: inOrder(it.spans) })))
        expect(read.key).toBe(it.key)
        expect(read.dropped).toBe(typeof it.dropped == 'object' ? 4 : (it.dropped ?? 0))
      }),
      { numRuns: 200 },
    ))

  // of an application in JavaScript
  const strange = {
    none: undefined,
    null: null,
    object: { a: 1 },
    date: new Date(0),
    function: () => 1,
    bigint: 12n,
    symbol: Symbol('s'),
    bare: Object.create(null) as object,
    list: [1, { a: 1 }, 2n],
    fine: 'x',
  }
  const told = {
    object: '[object Object]',
    date: new Date(0).toString(),
    function: '() => 1',
    bigint: '12',
    symbol: 'Symbol(s)',
    bare: 'object',
    fine: 'x',
  }
  test.each([
    ['compact', (it: Batch) => decodeCompact(encodeCompact(it)).data],
    ['OTLP', (it: Batch) => JSON.parse(encodeOtlp(it)) as TracesData],
  ])('what is no value, name or time spoils no batch, %s', (_, carry) => {
    const span = (more: object) => ({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      name: 'span',
      kind: 1,
      start: 5,
      duration: 1,
      attributes: {},
      events: [],
      links: [],
      status: 0,
      ...more,
    })
    const spans = [
      span({
        attributes: strange,
        events: [{ name: 5, time: NaN, attributes: null }],
        status: 2,
        message: 500,
      }),
      span({ spanId: 'b7ad6b7169203332', name: 12, kind: 'client', start: 7, duration: NaN }),
      span({ spanId: 'b7ad6b7169203333', name: undefined, start: Infinity, duration: -Infinity }),
      span({ spanId: 'b7ad6b7169203334', name: 'right', start: 9 }),
    ]
    const batch = {
      resource: {},
      scope: { name: 'l', version: '1' },
      origin: 1000,
      sent: 20,
      wall: 1020,
      spans,
    }
    const read = spansOf(carry(batch as unknown as Batch))
    const named = (name: string) => read.find((it) => it.name == name)!
    expect(read.map(({ name }) => name).sort()).toEqual(['12', 'right', 'span', 'undefined'])
    expect(named('right')).toMatchObject({
      startTimeUnixNano: '1009000000',
      endTimeUnixNano: '1010000000',
    })
    expect(named('span')).toMatchObject({ events: [{ name: '5' }], status: { message: '500' } })
    expect(named('12')).toMatchObject({ kind: 0, endTimeUnixNano: '1007000000' })
    const texts = Object.fromEntries(
      named('span').attributes!.map(({ key, value }) => [key, value.stringValue]),
    )
    expect(texts).toMatchObject(told)
    const list = named('span').attributes!.find(({ key }) => key == 'list')!.value.arrayValue
    expect(list!.values).toEqual([
      { intValue: '1' },
      { stringValue: '[object Object]' },
      { stringValue: '2' },
    ])
  })

  // What an application in JavaScript may give where a span has a name, a message, a kind, times and attributes.
  const bare = Object.assign(Object.create(null) as object, { y: 'a' })
  const throwing = {
    toString: () => {
      throw new Error('on purpose')
    },
  }
  const deep = Array.from({ length: 12 }).reduce<unknown>((within) => [within], 'deep')
  const anything = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withMap: true }),
    fc.double(),
    fc.constantFrom(
      bare,
      throwing,
      deep,
      Symbol('s'),
      7,
      -1,
      5n,
      1e300,
      -1e13,
      Date.UTC(2026) * 1e3,
      Date.UTC(2026) * 1e6,
    ),
  )
  const anyAttributes = fc.oneof(
    anything,
    fc.dictionary(fc.string(), anything, { maxKeys: 3, noNullPrototype: false }),
  )
  const anySpan = fc.record({
    name: anything,
    message: anything,
    kind: anything,
    start: anything,
    duration: anything,
    attributes: anyAttributes,
    events: fc.array(fc.record({ name: anything, time: anything, attributes: anyAttributes }), {
      maxLength: 2,
    }),
    links: anyAttributes.map((attributes) => [
      { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', attributes },
    ]),
  })
  // each of its times is near enough, and its end is not
  const far = {
    name: 'a',
    message: 'b',
    kind: 1,
    duration: 8e12,
    attributes: {},
    events: [{ name: 'has times told in steps of 1 µs', time: 0.001, attributes: {} }],
    links: [],
  }
  const isUint64 = (nanos: string) => /^\d+$/.test(nanos) && BigInt(nanos) < 2n ** 64n
  test.each([
    ['compact', (it: Batch) => decodeCompact(encodeCompact(it)).data],
    ['OTLP', (it: Batch) => JSON.parse(encodeOtlp(it)) as TracesData],
  ])('a span made of anything spoils none beside it, %s', (_, carry) =>
    fc.assert(
      fc.property(anySpan, (given) => {
        const span = (at: number, more: object) => ({
          traceId: '0af7651916cd43dd8448eb211c80319c',
          spanId: `b7ad6b716920333${at}`,
          name: `right ${at}`,
          kind: 3,
          start: at,
          duration: 1,
          attributes: { at, list: [0.5, 'x', true] },
          events: [],
          links: [],
          status: 0,
          ...more,
        })
        const it = {
          resource: {},
          scope: { name: 'l', version: '1' },
          origin: Date.UTC(2026),
          sent: 20,
          spans: [span(1, {}), span(2, given), span(3, {})],
        } as unknown as Batch
        const right = (all: OtlpSpan[]) => all.filter(({ spanId }) => /[13]$/.test(spanId))
        const read = spansOf(carry(it))
        const alone = JSON.parse(
          encodeOtlp({ ...it, spans: [it.spans[0]!, it.spans[2]!] }),
        ) as TracesData
        expect(right(read)).toEqual(spansOf(alone))
        const [other] = read.filter(({ spanId }) => spanId.endsWith('2'))
        const { name, kind, startTimeUnixNano, endTimeUnixNano, events } = other!
        expect(typeof name).toBe('string')
        expect([0, 1, 2, 3, 4, 5]).toContain(kind)
        const times = events!.map(({ timeUnixNano }) => timeUnixNano)
        expect([startTimeUnixNano, endTimeUnixNano, ...times].every(isUint64)).toBe(true)
      }),
      { numRuns: 500, examples: [[{ ...far, start: 2e12 }], [{ ...far, start: 8e12 }]] },
    ),
  )

  test('carries any OTLP there and back', () =>
    fc.assert(
      fc.property(otlp, (data) => {
        const there = compactFromOtlp(data as unknown as TracesData)
        const back = there.flatMap((body) => decodeCompact(body).data.resourceSpans)
        const id = (span: OtlpSpan) => span.traceId + span.spanId + JSON.stringify(span)
        const sorted = (spans: OtlpSpan[]) => spans.sort((a, b) => (id(a) < id(b) ? -1 : 1))
        const all = { resourceSpans: back }
        expect(sorted(spansOf(all))).toEqual(sorted(spansOf(data as unknown as TracesData)))
        const rest = ({ resourceSpans }: TracesData) =>
          resourceSpans.map((group) => ({
            ...group,
            scopeSpans: group.scopeSpans.map(({ spans: _, ...it }) => it),
          }))
        expect(rest(all)).toEqual(rest(data as unknown as TracesData))
      }),
      { numRuns: 200 },
    ))

  // a parent of 64 bits, as B3 has them; another system's upper case; what is no id at all; nothing
  test.each(['0af7651916cd43dd', '0AF7651916CD43DD8448EB211C80319C', 'order 17', undefined])(
    'gives %j, where a trace should be, as it came: its span is no valid one, and all others are',
    (traceId) => {
      const it = batchOf(vectors.at(-1)!)
      const [span] = it.spans
      const right = { ...span!, traceId: '0af7651916cd43dd8448eb211c80319c', links: [] }
      const spans = [
        { ...right, spanId: 'b7ad6b7169203331', traceId, parentId: 'b7ad6b71', name: 'child' },
        {
          ...right,
          spanId: 'b7ad6b7169203332',
          traceId,
          name: 'of it',
          parentId: 'b7ad6b7169203331',
        },
        {
          ...right,
          spanId: 'b7ad6b7169203333',
          name: 'linked',
          links: [{ traceId, spanId: traceId, attributes: {} }],
        },
        { ...right, spanId: 'b7ad6b7169203334', name: 'right' },
      ] as SpanRecord[]
      const read = spansOf(decodeCompact(encodeCompact({ ...it, ids: undefined, spans })).data)
      expect(read.filter(validIds).map(({ name }) => name)).toEqual(['right'])
      expect(read.map(({ traceId }) => traceId)).toEqual(
        expect.arrayContaining([right.traceId, traceId ?? '']),
      )
    },
  )

  test('tells when the sender sent it, by its own time line and by its wall clock', () => {
    const it = batchOf(vectors[0]!)
    const { sentAt, wallAt } = decodeCompact(encodeCompact({ ...it, wall: 1764000009000 }))
    expect(sentAt).toBeCloseTo(it.origin + it.sent, 2)
    expect(wallAt).toBeCloseTo(1764000009000, 2)
  })

  test('tells copies of one batch from another batch', () => {
    const it = batchOf(vectors.at(-1)!)
    const id = (number: number) => decodeCompact(encodeCompact({ ...it, number })).id
    expect(id(1)).toBe(id(1))
    expect(id(1)).not.toBe(id(2))
    expect(decodeCompact(encodeCompact({ ...it, ids: undefined, number: 1 })).id).toBeUndefined()
  })

  test('writes times in the steps of the clock, and loses none of them', () => {
    const it = batchOf(vectors.at(-1)!)
    const [span] = it.spans
    const spans = [0.1, 0.30000000000000004, 12.7].map((start) => ({ ...span!, start }))
    const text = encodeCompact({ ...it, spans, sent: 100 })
    expect(JSON.parse(text)).toMatchObject({ u: 100_000, s: [1, 2, 124] })
  })
})

describe('a broken compact batch', () => {
  const good = () => structuredClone(vectors.at(-1)!.compact) as Record<string, unknown[]>
  const cases: [string, (it: Record<string, unknown>) => void, RegExp][] = [
    ['another version', (it) => (it.v = 2), /^v: version 2 is not supported, 1 is$/],
    ['no origin', (it) => delete it.o, /^o: expected a whole number$/],
    ['no unit', (it) => (it.u = 0), /^u: 0 is outside 1\.\./],
    ['half an id', (it) => (it.i = ['abc']), /^i: expected 16/],
    ['an id of zeros', (it) => (it.i = ['0000000000000000']), /^i: expected 16/],
    ['counters but no seed', (it) => delete it.y, /^[ipt]: is a counter, but there is no seed/],
    ['a short seed', (it) => (it.y = [1, 2, 3]), /^y: expected four words$/],
    [
      'too long a column',
      (it) => (it.e = Array<number>(99).fill(1)),
      /^e: has 99 entries where \d+ are/,
    ],
    ['an empty column', (it) => (it.s = []), /^s: has no entries where \d+ are expected$/],
    ['a kind that is none', (it) => (it.h = [[7, [], []]]), /^h: 7 is no kind and status$/],
    ['a parent that comes later', (it) => (it.p = [1]), /^p: 1 is outside 1\.\.0$/],
    ['too small a table', (it) => (it.d as unknown[]).splice(1), /past the end of the table/],
    ['too large a table', (it) => (it.d as unknown[]).push('x'), /^d: has entries that nothing/],
    ['columns that nobody named', (it) => (it.a as unknown[]).push([]), /^a: has \d+ columns/],
    ['a name that is no text', (it) => ((it.d as unknown[])[0] = true), /^a: expected a name$/],
    ['an unknown value tag', (it) => ((it.d as unknown[])[0] = { q: 1 }), /unknown value tag "q"/],
    [
      'an integer beyond 64 bits',
      (it) => ((it.d as unknown[])[0] = { i: '9'.repeat(19) }),
      /^d: is beyond 64 bits$/,
    ],
    ['links that do not fit', (it) => (it.z = [1]), /^z: does not fit the links of the shapes$/],
    ['more traces than spans', (it) => (it.t = Array<number>(99).fill(1)), /^t: /],
    [
      'a time before all times',
      (it) => ((it.s as unknown[])[0] = -(2 ** 52)),
      /^[sew]: is a time outside 64 bits$/,
    ],
    ['extras of no span', (it) => (it.l = { spans: [[99, {}]] }), /^l: 99 is outside/],
    [
      'extras unheard of',
      (it) => (it.l = { spans: [[0, { name: 'x' }]] }),
      /^l: does not know "name"/,
    ],
  ]
  test.each(cases)('with %s is refused with field and reason', (_, spoil, message) => {
    const it = good()
    spoil(it)
    expect(() => decodeCompact(JSON.stringify(it))).toThrow(message)
  })

  test('that is no JSON or no object is refused', () => {
    for (const body of ['', '{', 'null', '[]', '1', '"x"'])
      expect(() => decodeCompact(body)).toThrow(/^body: /)
  })

  test('with more than a limit is refused, and the limit told', () => {
    const within = (limits: object) => () =>
      decodeCompact(JSON.stringify(good()), { ...compactLimits, ...limits })
    expect(within({ spans: 1 })).toThrow(/^m: has \d+ spans, the limit is 1$/)
    expect(within({ entries: 2 })).toThrow(/^q: has \d+ entries, the limit is 2$/)
    expect(within({ references: 9 })).toThrow(/the limit is 9$|^f: more than 9 values$/)
    expect(within({ text: 20 })).toThrow(/^a: more than 20 characters$/)
    expect(within({ depth: 0 })).toThrow(/^d: nested too deeply$/)
  })

  test('that would blow up far beyond its size is refused before it does', () => {
    const wide = Array.from({ length: 1000 }, (_, at) => at + 3)
    const bomb = {
      ...good(),
      m: 10_000,
      q: wide.map((at) => `key ${at}`),
      a: [[0], [], [], ...wide.map(() => [1, 1])],
      d: ['name'],
      h: [[1, wide, []]],
      r: [],
      f: [0, 1],
    }
    expect(() => decodeCompact(JSON.stringify(bomb))).toThrow(/^f: more than 1000000 values$/)
  })

  test('of any kind never makes the reader fail in another way than by saying so', () => {
    const text = JSON.stringify(good())
    const spoilt = fc
      .array(fc.tuple(fc.nat(text.length), fc.nat(4), fc.string({ maxLength: 4 })), {
        minLength: 1,
        maxLength: 4,
      })
      .map((cuts) =>
        cuts.reduce((it, [at, cut, put]) => it.slice(0, at) + put + it.slice(at + cut), text),
      )
    fc.assert(
      fc.property(fc.oneof(spoilt, fc.json(), fc.string()), (body) => {
        try {
          expect(decodeCompact(body).data.resourceSpans).toHaveLength(1)
        } catch (error) {
          expect((error as Error).name).toBe('CompactError')
        }
      }),
      { numRuns: 2000 },
    )
  })
})
