import fc from 'fast-check'
import { createTimeline } from '../../src/trace/clock.ts'
import type { SpanRecord } from 'lightspan/core'
import { afterEach, describe, expect, test, vi } from 'vitest'

const start = 1.7e12

// Two clocks that a test moves: the monotonic one stops while the machine sleeps.
const machine = () => {
  let monotonic = 0
  let wall = start
  const clock = { origin: start, now: () => monotonic }
  vi.spyOn(Date, 'now').mockImplementation(() => wall)
  return {
    clock,
    wall: () => wall,
    run: (ms: number) => {
      monotonic += ms
      wall += ms
    },
    sleep: (ms: number) => {
      wall += ms
    },
    setWall: (ms: number) => {
      wall += ms
    },
  }
}

const span = (from: number, to: number) =>
  ({
    start: from,
    duration: to - from,
    events: [{ name: 'e', time: from, attributes: {} }],
  }) as unknown as SpanRecord

afterEach(() => void vi.restoreAllMocks())

describe('after the machine slept', () => {
  test('new spans are where the wall clock is, old ones where they were', () => {
    const it = machine()
    const [place, at] = createTimeline(it.clock)
    it.run(1000)
    place()
    const before = span(1000, 1200)
    it.run(200)
    place(before)
    it.sleep(3_600_000)
    it.run(500)
    place()
    const after = span(1700, 1800)
    it.run(100)
    place(after)
    expect(before.start).toBe(1000)
    expect(after).toMatchObject({ start: 3_601_700, duration: 100 })
    expect(after.events[0]!.time).toBe(3_601_700)
    expect(at(1800)).toBe(it.wall())
  })

  test('a span from before it keeps its start and its monotonic duration', () => {
    const it = machine()
    const [place] = createTimeline(it.clock)
    it.run(10)
    place()
    it.sleep(60_000)
    it.run(10)
    const across = span(10, 20)
    place(across)
    expect(across).toMatchObject({ start: 10, duration: 10 })
  })

  test('what is less than a second is left to the stated uncertainty', () => {
    const it = machine()
    const [place] = createTimeline(it.clock)
    it.sleep(900)
    it.run(10)
    const one = span(5, 10)
    place(one)
    expect(one.start).toBe(5)
  })
})

test('a wall clock that is set back moves nothing', () => {
  const it = machine()
  const [place] = createTimeline(it.clock)
  it.run(100)
  it.setWall(-3_600_000)
  it.run(100)
  const one = span(150, 200)
  place(one)
  expect(one.start).toBe(150)
})

test('whatever the clocks do, no child starts before its parent and no duration is negative', () => {
  const step = fc.oneof(
    fc.record({ run: fc.integer({ min: 1, max: 100_000 }) }),
    fc.record({ sleep: fc.integer({ min: 0, max: 10_000_000 }) }),
    fc.record({ setWall: fc.integer({ min: -10_000_000, max: 10_000_000 }) }),
    fc.constant({ open: true }),
    fc.constant({ close: true }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const it = machine()
      const [place] = createTimeline(it.clock)
      const open: { from: number; parent: number | undefined; id: number }[] = []
      const ended = new Map<
        number,
        { start: number; duration: number; parent: number | undefined }
      >()
      let id = 0
      const close = () => {
        const last = open.pop()
        if (!last) return
        const one = span(last.from, it.clock.now())
        place(one)
        ended.set(last.id, { ...one, parent: last.parent })
      }
      for (const each of steps) {
        if ('run' in each) it.run(each.run)
        if ('sleep' in each) it.sleep(each.sleep)
        if ('setWall' in each) it.setWall(each.setWall)
        if ('open' in each) {
          place()
          open.push({ from: it.clock.now(), parent: open.at(-1)?.id, id: id++ })
        }
        if ('close' in each) close()
      }
      while (open.length) close()
      for (const { start, duration, parent } of ended.values()) {
        expect(duration).toBeGreaterThanOrEqual(0)
        const owner = parent === undefined ? undefined : ended.get(parent)
        if (owner) expect(start).toBeGreaterThanOrEqual(owner.start)
      }
    }),
    { numRuns: 500 },
  )
})
