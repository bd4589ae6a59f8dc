// layout.test.ts: durations, clocks, ticks, colours, and where things lie. No DOM.

import { describe, expect, test } from 'vitest'
import { attributeOf } from '../src/api/read-attributes.ts'
import { groupAttributes } from '../src/layout/attribute-groups.ts'
import { drag, gripAt } from '../src/layout/brush.ts'
import { formatAgo, formatMoment } from '../src/layout/clock.ts'
import { assignColours, colourCount } from '../src/layout/colours.ts'
import {
  exactDuration,
  formatDuration,
  formatTick,
  fromMilliseconds,
} from '../src/layout/duration.ts'
import { meter, scatter } from '../src/layout/scatter.ts'
import { clockTicks, decades, ticks } from '../src/layout/ticks.ts'
import { clip, fitWindow, joinPlaces, place, rowsInSight } from '../src/layout/window.ts'
import { spellControls } from '../src/views/plain-direction.ts'
import type { TraceSummary } from '../src/api/model.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('durations', () => {
  test.each([
    [0, '0 ms'],
    [1, '1 ns'],
    [850, '850 ns'],
    [1_000, '1 µs'],
    [31_250, '31.3 µs'],
    [999_900, '999.9 µs'],
    [999_999, '1 ms'],
    [1_234_567, '1.23 ms'],
    [312_400_123, '312.4 ms'],
    [999_999_999, '1 s'],
    [1_240_000_000, '1.24 s'],
    [59_990_000_000, '60 s'],
    [125_000_000_000, '2 m 5 s'],
    [3_599_900_000_000, '60 m 0 s'],
    [7_380_000_000_000, '2 h 3 m'],
    [94_608_000_300e6, '1,095 d'],
    [-1_500_000, '−1.5 ms'],
  ])('%i ns reads %s', (ns, text) => expect(plain(formatDuration(ns))).toBe(text))

  test('the exact form keeps every nanosecond', () => {
    expect(plain(exactDuration(312_400_123))).toBe('312.400123 ms')
    expect(plain(exactDuration(5))).toBe('0.000005 ms')
    expect(plain(exactDuration(2_000_000))).toBe('2 ms')
  })

  test('milliseconds of the query API become whole nanoseconds', () => {
    expect(fromMilliseconds(0.1 + 0.2)).toBe(300_000)
  })

  test('neighbouring ticks never read the same, however deep the zoom', () => {
    const marks = ticks(7_070_000_000, 7_070_000_900, 5)
    expect(new Set(marks.map((it) => formatTick(it, 200))).size).toBe(marks.length)
    expect(plain(formatTick(7_070_000_200, 200))).toBe('7.0700002 s')
    expect(plain(formatTick(500_000_000, 500_000_000))).toBe('500 ms')
  })
})

describe('clocks', () => {
  test('a moment keeps its microseconds, which a double of epoch nanoseconds would lose', () => {
    expect(formatMoment(1_764_000_000_123_456_789n)).toMatch(/^2025-11-2\d \d\d:\d\d:\d\d\.123456$/)
  })

  test.each([
    [1_000, 'now'],
    [12_000, '12 s ago'],
    [300_000, '5 m ago'],
    [3 * 36e5, '3 h ago'],
    [3 * 864e5, '3 d ago'],
    [-60_000, 'in the future'],
  ])('%i ms back is %s', (back, text) => expect(formatAgo(1e12 - back, 1e12)).toBe(text))
})

describe('ticks', () => {
  test('are round, within the range, and not too many', () => {
    expect(ticks(0, 312, 5)).toEqual([0, 100, 200, 300])
    expect(ticks(95, 131, 4)).toEqual([100, 110, 120, 130])
    for (const length of [1, 7, 99, 1e3, 12_345, 9.99e8])
      expect(ticks(0, length, 6).length).toBeLessThanOrEqual(7)
  })

  test('an empty or senseless range has none, and does not hang', () => {
    expect(ticks(5, 5, 4)).toEqual([])
    expect(ticks(5, 1, 4)).toEqual([])
    expect(ticks(0, Infinity, 4)).toEqual([])
    expect(ticks(0, NaN, 4)).toEqual([])
  })

  test('on a clock they are minutes, not decimals', () => {
    const hour = clockTicks(1_764_000_060_000, 1_764_003_660_000, 8)
    expect(hour.every((it) => it % 600_000 == 0)).toBe(true)
    expect(hour.length).toBe(6)
  })

  test('decades are the powers of ten within', () => {
    expect(decades(0.5, 2_000)).toEqual([1, 10, 100, 1000])
    expect(decades(2, 9)).toEqual([])
  })
})

describe('the window of time', () => {
  const window = { from: 100, to: 200 }

  test('places a stretch as a part of the width', () => {
    expect(place({ from: 125, to: 150 }, window)).toEqual({ left: 0.25, width: 0.25 })
  })

  test('clips what reaches beyond, and drops what is out of sight', () => {
    expect(clip(place({ from: 0, to: 150 }, window))).toEqual({ left: 0, width: 0.5 })
    expect(clip(place({ from: 0, to: 50 }, window))).toBeUndefined()
    expect(clip(place({ from: 150, to: 150 }, window))).toEqual({ left: 0.5, width: 0 })
  })

  test('stays within the trace, keeping its length where it can', () => {
    expect(fitWindow({ from: -50, to: 50 }, 1000, 1)).toEqual({ from: 0, to: 100 })
    expect(fitWindow({ from: 950, to: 1050 }, 1000, 1)).toEqual({ from: 900, to: 1000 })
    expect(fitWindow({ from: -1, to: 5000 }, 1000, 1)).toEqual({ from: 0, to: 1000 })
    expect(fitWindow({ from: 5, to: 5 }, 1e6)).toEqual({ from: 5, to: 1005 })
  })

  test('joins places that the eye cannot tell apart', () => {
    const near = [
      { left: 0, width: 0.1 },
      { left: 0.1005, width: 0.1 },
      { left: 0.5, width: 0.1 },
    ]
    expect(joinPlaces(near, 0.001)).toHaveLength(2)
  })

  test('draws only the rows in sight and some spare', () => {
    expect(rowsInSight({ scrollTop: 2800, height: 560, rowHeight: 28, count: 5000 })).toEqual({
      first: 92,
      last: 128,
    })
    expect(rowsInSight({ scrollTop: 0, height: 560, rowHeight: 28, count: 3 })).toEqual({
      first: 0,
      last: 3,
    })
  })
})

describe('the brush', () => {
  const some = { from: 0.2, to: 0.6 }

  test('takes an edge, the inside, or starts anew', () => {
    expect(gripAt(some, 0.201, 0.01)).toBe('from')
    expect(gripAt(some, 0.595, 0.01)).toBe('to')
    expect(gripAt(some, 0.4, 0.01)).toBe('move')
    expect(gripAt(some, 0.9, 0.01)).toBe('new')
    expect(gripAt({ from: 0, to: 1 }, 0.4, 0.01)).toBe('new')
  })

  test('never leaves the whole and never turns inside out', () => {
    expect(drag({ from: 0.25, to: 0.75 }, 'move', 0.5, 3)).toEqual({ from: 0.5, to: 1 })
    expect(drag(some, 'from', 0.2, 0.9)).toEqual({ from: 0.6, to: 0.9 })
    expect(drag(some, 'new', 0.8, 0.7)).toEqual({ from: 0.7, to: 0.8 })
    expect(drag(some, 'to', 0.6, -1)).toEqual({ from: 0, to: 0.2 })
  })
})

describe('colours', () => {
  const names = Array.from({ length: colourCount }, (_, n) => 'service-' + n)

  test('differ as long as there are enough', () => {
    expect(new Set(assignColours(names).values()).size).toBe(colourCount)
  })

  test('do not depend on the order of names', () => {
    expect(assignColours([...names].reverse())).toEqual(assignColours(names))
  })

  test('once given, stay', () => {
    const first = assignColours(['b', 'c'])
    const later = assignColours(['a', 'b', 'c', 'd'], first)
    expect([later.get('b'), later.get('c')]).toEqual([first.get('b'), first.get('c')])
  })
})

describe('the chart', () => {
  const trace = (start: number, duration: number, errors = 0) =>
    ({ start, duration, errors, traceId: `${start}` }) as TraceSummary

  test('longer is higher, later is further right, errors lie on top', () => {
    const { points } = scatter([trace(10, 1, 1), trace(90, 1000)], 0, 100)
    expect(points.map((it) => it.trace.start)).toEqual([90, 10])
    expect(points[0]?.x).toBe(0.9)
    expect(points[0]?.y ?? 1).toBeLessThan(points[1]?.y ?? 0)
  })

  test('a trace that began before the time that is shown stands at its edge, as the table has it too', () => {
    const { points } = scatter([trace(-50, 1), trace(0, 1), trace(100, 1), trace(130, 1)], 0, 100)
    expect(points.map(({ x, beyond }) => [x, beyond])).toEqual([
      [0, 'left'],
      [0, undefined],
      [1, undefined],
      [1, 'right'],
    ])
  })

  test('an empty list, a duration of 0 and equal durations stay on the paper', () => {
    expect(scatter([], 0, 100)).toEqual({ points: [], lines: [] })
    for (const { y } of scatter([trace(1, 0), trace(2, 0)], 0, 100).points) {
      expect(y).toBeGreaterThanOrEqual(0)
      expect(y).toBeLessThanOrEqual(1)
    }
  })

  test('lines keep apart however far durations reach, so that each can be labelled', () => {
    const { lines } = scatter([trace(1, 0), trace(2, 9e10)], 0, 100)
    expect(lines.length).toBeGreaterThan(3)
    const gaps = lines.slice(1).map(({ y }, n) => lines[n]!.y - y)
    // 76 px high, 11 px a letter
    expect(Math.min(...gaps) * 76).toBeGreaterThan(11)
  })

  test("the list's longest trace fills its meter, the shortest is still seen", () => {
    expect(meter(1000, 10, 1000)).toBe(1)
    expect(meter(10, 10, 1000)).toBeGreaterThan(0.05)
    expect(meter(5, 5, 5)).toBeGreaterThan(0)
    expect(meter(0, 0, 0)).toBe(1)
  })
})

describe('attributes', () => {
  const attributes = ['zeta', 'http.route', 'db.system.name', 'http.request.method'].map((key) => ({
    key,
    value: key + '!',
    type: 'string' as const,
  }))

  test('stand under the headings of the conventions, sorted', () => {
    expect(
      groupAttributes(attributes, '').map((it) => [it.title, it.attributes.map((a) => a.key)]),
    ).toEqual([
      ['HTTP', ['http.request.method', 'http.route']],
      ['Database', ['db.system.name']],
      ['Other', ['zeta']],
    ])
  })

  test('are found by key or value', () => {
    expect(groupAttributes(attributes, 'ROUTE!')).toHaveLength(1)
    expect(groupAttributes(attributes, 'nothing')).toEqual([])
  })

  test('are read by key', () => expect(attributeOf(attributes, 'zeta')).toBe('zeta!'))
})

describe('characters that set directions', () => {
  test('are spelled out, each of them, and nothing else is', () => {
    const all = [0x61c, 0x200e, 0x200f, ...Array.from({ length: 5 }, (_, n) => 0x202a + n)]
    for (const code of [...all, 0x2066, 0x2067, 0x2068, 0x2069])
      expect(spellControls(`a${String.fromCharCode(code)}b`)).toBe(
        `a⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩b`,
      )
    // letters from right to left, and what joins the parts of a sign, are text
    for (const text of ['שלום', 'سلام', '👩\u200D🔬', 'a\u00A0b'])
      expect(spellControls(text)).toBe(text)
  })
})
