// Which span is active, where several Lightspans of one page keep theirs in one slot.

import { describe, expect, test } from 'vitest'
import { createStackContext, type Slot } from '../../src/trace/context.ts'
import type { Span } from '../../src/trace/span.ts'

const spanOf = (name: string) => ({ name }) as Span
const open = () => {
  const slot: Slot = {}
  return { slot, a: createStackContext(slot), b: createStackContext(slot) }
}
const names = (...all: { active: () => Span | undefined }[]) => all.map((it) => it.active()?.name)

describe('two contexts in one slot', () => {
  test('see what they have entered themselves, and nothing of each other', () => {
    const { slot, a, b } = open()
    a.run(spanOf('a1'), () => {
      expect(names(a, b)).toEqual(['a1', undefined])
      b.run(spanOf('b1'), () => {
        a.run(spanOf('a2'), () => expect(names(a, b)).toEqual(['a2', 'b1']))
        a.run(undefined, () => expect(names(a, b)).toEqual([undefined, 'b1']))
        expect(names(a, b)).toEqual(['a1', 'b1'])
      })
      expect(names(a, b)).toEqual(['a1', undefined])
    })
    expect(slot.current).toBeUndefined()
  })

  test('may be left in the order in which they were entered', () => {
    const { slot, a, b } = open()
    const beforeA = a.enter(() => spanOf('a1'))
    const beforeB = b.enter(() => spanOf('b1'))
    a.enter(beforeA)
    expect(names(a, b)).toEqual([undefined, 'b1'])
    b.enter(beforeB)
    expect(slot.current).toBeUndefined()
  })

  test('are both carried by whoever keeps what the slot holds and brings it back', () => {
    const { slot, a, b } = open()
    const kept = a.run(spanOf('a1'), () => b.run(spanOf('b1'), () => slot.current))
    expect(names(a, b)).toEqual([undefined, undefined])
    slot.current = kept
    expect(names(a, b)).toEqual(['a1', 'b1'])
  })

  test('hold no more for having been entered often', () => {
    const { slot, a, b } = open()
    for (let at = 0; at < 100; at++) {
      a.enter(() => spanOf(`a${at}`))
      b.enter(() => spanOf(`b${at}`))
    }
    expect(slot.current).toMatchObject({ size: 2 })
    a.enter(undefined)
    b.enter(undefined)
    expect(slot.current).toBeUndefined()
  })
})
