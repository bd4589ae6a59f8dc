// Which traces are recorded, and how much each of them counts.

import { createSampler, sampledAt } from '../../src/trace/sampling.ts'
import { describe, expect, test } from 'vitest'

const root = (bits: string) => ({
  traceId: '0'.repeat(18) + bits,
  name: 'page load',
  attributes: {},
})

describe('sampling', () => {
  test('compares all 56 random bits with the threshold', () => {
    expect(sampledAt(0.5, root('80000000000000').traceId)).toBe(true)
    expect(sampledAt(0.5, root('7fffffffffffff').traceId)).toBe(false)
    expect(sampledAt(1, root('00000000000000').traceId)).toBe(true)
    expect(sampledAt(0, root('ffffffffffffff').traceId)).toBe(false)
  })

  test.each([
    [0.5, 'ot=th:8'],
    [0.25, 'ot=th:c'],
    [0.1, 'ot=th:e6666666666668'],
    [1, undefined],
  ])('at %d says in the trace state: %s', (rate, state) => {
    expect(createSampler(rate)(root('ffffffffffffff'))).toEqual({ flags: 3, traceState: state })
  })

  test('says nothing in the trace state of what is not recorded', () => {
    expect(createSampler(0.5)(root('0'.repeat(14)))).toEqual({ flags: 2, traceState: undefined })
  })

  test('restores counts within 3 % by the weight that travels', () => {
    const decide = createSampler(0.2)
    let weight = 0
    let seed = 1
    for (let at = 0; at < 50_000; at++) {
      const word = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0)
      const bits = (
        word().toString(16).padStart(8, '0') + word().toString(16).padStart(8, '0')
      ).slice(0, 14)
      const { traceState } = decide(root(bits))
      const threshold = /th:([\da-f]+)/.exec(traceState ?? '')?.[1]
      if (threshold) weight += 1 / (1 - parseInt(threshold.padEnd(14, '0'), 16) / 2 ** 56)
    }
    expect(Math.abs(weight / 50_000 - 1)).toBeLessThan(0.03)
  })

  test('follows rules on the root', () => {
    const decide = createSampler(({ name }) => (name == 'page load' ? 1 : 0))
    expect(decide(root('0'.repeat(14))).flags).toBe(3)
    expect(decide({ ...root('f'.repeat(14)), name: 'click' }).flags).toBe(2)
  })

  test('by session decides by the bits of the session, and says so', () => {
    const decide = createSampler(0.5, () => 'a'.repeat(18) + 'c0000000000001')
    expect(decide(root('0'.repeat(14)))).toEqual({
      flags: 3,
      traceState: 'ot=th:8;rv:c0000000000001',
    })
  })
})
