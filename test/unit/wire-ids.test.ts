import { createIds, decodeCompact, encodeCompact, type Batch } from 'lightspan/wire'
import { sampledAt } from 'lightspan/core'
import { describe, expect, test } from 'vitest'
import { allKnown } from '../kit/all-known.mjs'

const fresh = () => createIds([...crypto.getRandomValues(new Uint32Array(4))])

describe('derived ids', () => {
  test('are the published permutation', () => {
    const { at } = createIds([1, 2, 3, 0xffff_ffff])
    expect([0, 1, 2, 0xffff_ffff].map(at)).toEqual([
      '0246f236643f9748',
      '0453eccf0965e521',
      '3b58ad2a67ef1bdf',
      '87db9b29535e5411',
    ])
  })

  test('are lowercase hex of the right length, never the same twice', () => {
    const ids = fresh()
    const all = Array.from({ length: 20_000 }, () => ids.next(8))
    expect(all.every((id) => /^[\da-f]{16}$/.test(id))).toBe(true)
    expect(ids.next(16)).toMatch(/^[\da-f]{32}$/)
    expect(new Set(all).size).toBe(20_000)
  })

  test('are found again by their own page, and by no other', () => {
    const [ids, other] = [fresh(), fresh()]
    const all = Array.from({ length: 2000 }, () => ids.next(8))
    expect(all.map(ids.find)).toEqual(all.map((_, at) => at))
    expect(all.map(other.find).every((it) => it === undefined)).toBe(true)
  })

  test('are found by the first counter of a trace, and all forgotten when two thousand were given', () => {
    const ids = fresh()
    const [trace, span] = [ids.next(16), ids.next(8)]
    expect([trace, span].map(ids.find)).toEqual([0, 2])
    for (let count = 0; count < 1998; count++) ids.next(8)
    expect([trace, span].map(ids.find)).toEqual([0, 2])
    const next = ids.next(8)
    expect([trace, span, next].map(ids.find)).toEqual([undefined, undefined, 2001])
  })

  test('can all be traced back to their counters, for they are a permutation', () => {
    const ids = fresh()
    const { find } = allKnown(ids)
    for (const counter of [0, 1, 2, 77, 1e6, 2 ** 31, 2 ** 32 - 1])
      expect(find(ids.at(counter))).toBe(counter)
    expect(find(ids.next(16))).toBe(0)
    expect(find('0123456789abcdef')).toBeUndefined()
  })

  test('have uniform low 56 bits: each bit, each pair of neighbours, each byte', () => {
    const count = 40_000
    const ids = fresh()
    const all = Array.from({ length: count }, () => BigInt('0x' + ids.next(16).slice(-14)))
    // six standard deviations: one false alarm in millions of runs, and any real bias is far outside
    const near = (seen: number, share: number) =>
      Math.abs(seen - count * share) < 6 * Math.sqrt(count * share * (1 - share))
    for (let bit = 0n; bit < 56n; bit++) {
      expect(near(all.filter((id) => (id >> bit) & 1n).length, 0.5)).toBe(true)
      const next = all.filter((id, at) => at && ((id ^ all[at - 1]!) >> bit) & 1n).length
      expect(near(next, 0.5)).toBe(true)
    }
    for (let byte = 0n; byte < 7n; byte++) {
      const seen = new Array<number>(256).fill(0)
      for (const id of all) seen[Number((id >> (byte * 8n)) & 255n)]!++
      expect(seen.every((it) => near(it, 1 / 256))).toBe(true)
      const chi = seen.reduce((sum, it) => sum + (it - count / 256) ** 2 / (count / 256), 0)
      expect(chi).toBeLessThan(255 + 6 * Math.sqrt(2 * 255))
    }
  })

  test('are sampled at the rate that is asked for', () => {
    for (const rate of [0.01, 0.1, 0.5, 0.9]) {
      const ids = fresh()
      const kept = Array.from({ length: 20_000 }, () => sampledAt(rate, ids.next(16))).filter(
        Boolean,
      )
      expect(Math.abs(kept.length / 20_000 - rate)).toBeLessThan(
        6 * Math.sqrt((rate * (1 - rate)) / 20_000),
      )
    }
  })

  test('of two pages have nothing in common, though their counters are the same', () => {
    const seed = [...crypto.getRandomValues(new Uint32Array(4))]
    const flips: number[] = []
    for (let bit = 0; bit < 128; bit++) {
      const other = seed.map((word, at) =>
        at == bit >> 5 ? (word ^ (1 << (bit & 31))) >>> 0 : word,
      )
      const change = BigInt('0x' + createIds(seed).at(7)) ^ BigInt('0x' + createIds(other).at(7))
      flips.push(change.toString(2).replaceAll('0', '').length)
    }
    // one bit of the seed changes half of the id's 64, on average and each time many
    expect(Math.min(...flips)).toBeGreaterThan(8)
    expect(flips.reduce((sum, it) => sum + it, 0) / 128).toBeCloseTo(32, -0.7)
  })

  test('cost nothing where each is the next', () => {
    const ids = fresh()
    const traceId = ids.next(16)
    const spans = Array.from({ length: 100 }, (_, at) => ({
      traceId,
      spanId: ids.next(8),
      name: 'a',
      kind: 1 as const,
      start: at,
      duration: 1,
      attributes: {},
      events: [],
      links: [],
      status: 0 as const,
    }))
    const batch: Batch = {
      resource: {},
      scope: { name: 'lightspan', version: '1' },
      origin: 1.7e12,
      sent: 200,
      ids,
      spans,
    }
    const text = encodeCompact(batch)
    expect(JSON.parse(text)).toMatchObject({ i: [2, 1], t: [-2, 1] })
    const [group] = decodeCompact(text).data.resourceSpans
    expect(group!.scopeSpans[0]!.spans.map(({ spanId }) => spanId)).toEqual(
      spans.map(({ spanId }) => spanId),
    )
  })
})
