import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { decodeCompact, encodeCompact, encodeOtlp, type Batch } from 'lightspan/wire'
import { describe, expect, test } from 'vitest'
import { batch } from './arbitrary-span.ts'

interface Vector {
  name: string
  batch: Batch
  compact: unknown
  otlp: unknown
}

const vectors = JSON.parse(
  readFileSync(new URL('../vectors/compact-v1.json', import.meta.url), 'utf8'),
) as Vector[]

describe('the compact format', () => {
  test.each(vectors)('writes the vector "$name" as it is published', ({ batch, compact }) =>
    expect(JSON.parse(encodeCompact(batch))).toEqual(compact),
  )

  test.each(vectors)('reads the vector "$name" as the OTLP beside it', ({ compact, otlp }) =>
    expect(decodeCompact(JSON.stringify(compact)).data).toEqual(otlp),
  )

  test('says of any batch exactly what OTLP says of it', () =>
    fc.assert(
      fc.property(batch, (it) => {
        const read = decodeCompact(encodeCompact(it))
        expect(read.data).toEqual(JSON.parse(encodeOtlp(it)))
        expect(read.key).toBe(it.key)
        expect(read.dropped).toBe(it.dropped ?? 0)
      }),
      { numRuns: 300 },
    ))

  test('tells when the sender sent it', () => {
    const [{ batch: it } = vectors[0]!] = vectors
    expect(decodeCompact(encodeCompact(it)).sentAt).toBeCloseTo(it.origin + it.sent, 2)
  })
})

describe('a broken compact batch', () => {
  const good = () => structuredClone(vectors.at(-1)!.compact) as Record<string, unknown[]>
  const cases: [string, (it: Record<string, unknown>) => void, RegExp][] = [
    ['another version', (it) => (it.v = 2), /^v: version 2 is not supported, 1 is$/],
    ['no origin', (it) => delete it.o, /^o: expected a whole number$/],
    ['half an id', (it) => (it.i = 'abc'), /^i: is not a whole number of 16-digit ids$/],
    [
      'an id that is no hex',
      (it) => (it.i = (it.i as string).replace(/^./, 'x')),
      /^i: expected 16/,
    ],
    ['a short column', (it) => (it.t as unknown[]).pop(), /^t: has \d+ entries for \d+ spans$/],
    ['a kind that is none', (it) => ((it.c as unknown[])[0] = 9), /^c: 9 is outside 0\.\.5$/],
    ['a parent outside the batch', (it) => ((it.p as unknown[])[0] = 99), /^p: /],
    ['a reference past the table', (it) => (it.d as unknown[]).splice(2), /past the end|expected/],
    ['rows that end too early', (it) => (it.a as unknown[]).pop(), /^a: ends inside a row$/],
    ['rows that go on', (it) => (it.a as unknown[]).push(0), /^a: goes on after the last span$/],
    ['an unknown value tag', (it) => ((it.d as unknown[])[1] = { q: 1 }), /unknown value tag "q"/],
    ['an event of no span', (it) => (it.w = [[999, 0, 0, 0]]), /^w: 999 is outside/],
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

  test('with more spans than the limit is refused', () => {
    const limits = { spans: 0, entries: 1e3, references: 1e3, depth: 4 }
    expect(() => decodeCompact(JSON.stringify(good()), limits)).toThrow(/the limit is 0/)
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
