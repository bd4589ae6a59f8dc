// trace.test.ts: from OTLP to tree, self time, critical path and bars. No DOM.

import type { OtlpSpan, TracesData } from 'lightspan/wire'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTrace } from '../src/api/read-trace.ts'
import { layoutBar } from '../src/layout/bar.ts'
import { criticalPath } from '../src/layout/critical-path.ts'
import { selfStretches, total } from '../src/layout/self-time.ts'
import { buildForest, isErrorOrigin, visibleRows } from '../src/layout/tree.ts'
import { createTraceView, spanMatches } from '../src/state/trace-view.ts'

/** [id, parent, start, end]; a leading `service/` in the id names the service. Times in ns after `base`. */
type Told = [id: string, parent: string, start: number, end: number]

const base = 1_764_000_000_123_456_789n

const span = ([id, parentSpanId, start, end]: Told, more: Partial<OtlpSpan> = {}): OtlpSpan => ({
  traceId: 't',
  spanId: id,
  parentSpanId,
  name: id,
  startTimeUnixNano: `${base + BigInt(start)}`,
  endTimeUnixNano: `${base + BigInt(end)}`,
  ...more,
})

const data = (spans: OtlpSpan[], service = 'shop'): TracesData => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: [{ scope: { name: 'test' }, spans }],
    },
  ],
})

const traceOf = (told: Told[]) => readTrace('t', data(told.map((it) => span(it))))
const forestOf = (told: Told[]) => buildForest(traceOf(told))
const shape = (told: Told[]) =>
  forestOf(told).nodes.map(
    (it) => '.'.repeat(it.depth) + it.span.id + (it.top == 'root' ? '' : ` ${it.top ?? ''}`),
  )

describe('reading OTLP', () => {
  test('keeps nanoseconds that a double of the epoch would round', () => {
    const trace = traceOf([
      ['a', '', 0, 1_001],
      ['b', 'a', 1, 3],
    ])
    expect(trace.origin).toBe(base)
    expect(trace.spans.map((it) => [it.start, it.duration])).toEqual([
      [0, 1001],
      [1, 2],
    ])
    expect(trace.duration).toBe(1001)
  })

  test('begins and lasts as the answer says, and else as its spans do', () => {
    const spans = data([span(['a', '', 0, 2e9])])
    expect(readTrace('t', spans)).toMatchObject({ began: base, took: 2e9, clocks: [] })
    const start = Number(base / 1000n) / 1e3
    const clocks = [{ service: 'shop', shift: 1.5 }]
    const told = readTrace('t', { ...spans, start, duration: 0.000001, clocks })
    expect(told).toMatchObject({ began: base, took: 1, clocks, origin: base, duration: 2e9 })
    expect(readTrace('t', { ...spans, start: start + 1 }).began).toBe(base - 789n + 1_000_000n)
  })

  test('reads values of every type, integers beyond a double as they came', () => {
    const attributes = [
      { key: 's', value: { stringValue: '' } },
      { key: 'i', value: { intValue: '9007199254740993' } },
      { key: 'd', value: { doubleValue: 0.5 } },
      { key: 'n', value: { doubleValue: 'NaN' as const } },
      { key: 'b', value: { boolValue: false } },
      { key: 'l', value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'x' }] } } },
      { key: 'm', value: { kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } } },
      { key: 'e', value: {} },
    ]
    const [read] = readTrace('t', data([span(['a', '', 0, 1], { attributes })])).spans
    expect(read?.attributes.map((it) => [it.key, it.value, it.type])).toEqual([
      ['s', '', 'string'],
      ['i', '9007199254740993', 'number'],
      ['d', '0.5', 'number'],
      ['n', 'NaN', 'number'],
      ['b', 'false', 'boolean'],
      ['l', '[1,"x"]', 'list'],
      ['m', '{"k":true}', 'map'],
      ['e', '', 'empty'],
    ])
  })

  test('a span that is sent twice is there once, in its later form', () => {
    const twice = [span(['a', '', 0, 1]), span(['a', '', 0, 9])]
    expect(readTrace('t', data(twice)).spans.map((it) => it.duration)).toEqual([9])
  })

  test('a broken time spoils one span, not the trace', () => {
    const broken = span(['a', '', 0, 5], { startTimeUnixNano: 'yesterday', endTimeUnixNano: '-4' })
    const trace = readTrace('t', data([broken, span(['b', '', 10, 30])]))
    expect(trace.duration).toBe(20)
    expect(trace.spans).toHaveLength(2)
  })

  test('an end before its start is a duration of 0, and no parent is written in zeros', () => {
    const [read] = readTrace('t', data([span(['a', '0000000000000000', 9, 3])])).spans
    expect(read?.duration).toBe(0)
    expect(read?.parentId).toBeUndefined()
  })

  test('says whether the parent is remote only where the sender did', () => {
    const flags = [0x001, 0x101, 0x301].map((it, n) => span([`${n}`, '', 0, 1], { flags: it }))
    expect(readTrace('t', data(flags)).spans.map((it) => it.remoteParent)).toEqual([
      undefined,
      false,
      true,
    ])
  })

  test('a trace of nothing is a trace of nothing', () => {
    expect(readTrace('t', { resourceSpans: [] })).toMatchObject({ duration: 0, spans: [] })
    expect(createTraceView(readTrace('t', {} as TracesData)).forest.nodes).toEqual([])
  })
})

describe('the tree', () => {
  test('reads from parent to child, children by time', () => {
    expect(
      shape([
        ['a', '', 0, 100],
        ['late', 'a', 50, 60],
        ['early', 'a', 10, 20],
        ['deep', 'early', 12, 13],
      ]),
    ).toEqual(['a', '.early ', '..deep ', '.late '])
  })

  test('a span whose parent never came is a root, and says so', () => {
    expect(
      shape([
        ['a', '', 0, 100],
        ['b', 'gone', 10, 20],
        ['c', 'b', 11, 12],
      ]),
    ).toEqual(['a', 'b orphan', '.c '])
  })

  test('a ring of parents is cut above its earliest span, and nothing is lost', () => {
    expect(
      shape([
        ['c', 'b', 30, 40],
        ['b', 'a', 20, 50],
        ['a', 'c', 10, 60],
        ['tail', 'b', 25, 26],
      ]),
    ).toEqual(['a ring', '.b ', '..tail ', '..c '])
    expect(shape([['self', 'self', 0, 1]])).toEqual(['self ring'])
  })

  test('a chain of 20,000 spans does not overflow the stack', () => {
    const told = Array.from({ length: 20_000 }, (_, n): Told => [
      `s${n}`,
      n ? `s${n - 1}` : '',
      n,
      50_000 - n,
    ])
    const forest = forestOf(told)
    expect(forest.nodes.at(-1)?.depth).toBe(19_999)
    expect(forest.nodes[0]?.below).toBe(19_999)
    expect(criticalPath(forest).stretches.size).toBe(20_000)
  })

  test('folding a span hides what is below it, and only that', () => {
    const forest = forestOf([
      ['a', '', 0, 9],
      ['b', 'a', 1, 2],
      ['c', 'b', 1, 2],
      ['d', 'a', 3, 4],
    ])
    const ids = (folded: string[]) => visibleRows(forest, new Set(folded)).map((it) => it.span.id)
    expect(ids([])).toEqual(['a', 'b', 'c', 'd'])
    expect(ids(['b'])).toEqual(['a', 'b', 'd'])
    expect(ids(['a', 'b'])).toEqual(['a'])
  })

  test('an error began where none below explains it', () => {
    const status = { code: 2 }
    const spans = [
      span(['a', '', 0, 9], { status }),
      span(['b', 'a', 1, 8], { status }),
      span(['c', 'a', 8, 9]),
    ]
    const { nodes } = buildForest(readTrace('t', data(spans)))
    expect(nodes.filter(isErrorOrigin).map((it) => it.span.id)).toEqual(['b'])
    expect(nodes[0]?.errorsBelow).toBe(1)
  })
})

describe('self time', () => {
  const self = (told: Told[]) => {
    const node = forestOf(told).byId.get('a')
    return node ? selfStretches(node) : []
  }

  test('is what no child covers, overlapping children counted once', () => {
    const stretches = self([
      ['a', '', 0, 100],
      ['b', 'a', 10, 40],
      ['c', 'a', 30, 50],
      ['d', 'a', 90, 95],
    ])
    expect(stretches).toEqual([
      { from: 0, to: 10 },
      { from: 50, to: 90 },
      { from: 95, to: 100 },
    ])
    expect(total(stretches)).toBe(55)
  })

  test('children outside their parent take nothing from it', () => {
    expect(
      total(
        self([
          ['before', 'a', 0, 10],
          ['a', '', 20, 50],
          ['after', 'a', 60, 70],
        ]),
      ),
    ).toBe(30)
  })
})

describe('the critical path', () => {
  const path = (told: Told[]) => Object.fromEntries(criticalPath(forestOf(told)).stretches)

  test('follows the child that ended last, and back', () => {
    expect(
      path([
        ['a', '', 0, 100],
        ['quick', 'a', 10, 30],
        ['slow', 'a', 10, 80],
      ]),
    ).toEqual({
      a: [
        { from: 0, to: 10 },
        { from: 80, to: 100 },
      ],
      slow: [{ from: 10, to: 80 }],
    })
  })

  test('follows work that outlives the span which caused it', () => {
    expect(
      path([
        ['click', '', 0, 20],
        ['fetch', 'click', 10, 90],
      ]),
    ).toEqual({ click: [{ from: 0, to: 10 }], fetch: [{ from: 10, to: 90 }] })
  })

  test('goes from one child to the next, though the next began a moment before the other had ended', () => {
    expect(
      path([
        ['page', '', 0, 1000],
        ['first', 'page', 0, 501],
        ['second', 'page', 500, 1000],
      ]),
    ).toEqual({ first: [{ from: 0, to: 500 }], second: [{ from: 500, to: 1000 }] })
  })

  test('knows the script from whose midst a request was sent', () => {
    expect(
      path([
        ['click', '', 0, 300],
        ['script', 'click', 10, 60],
        ['fetch', 'click', 40, 280],
        ['server', 'fetch', 50, 270],
      ]),
    ).toEqual({
      click: [
        { from: 0, to: 10 },
        { from: 280, to: 300 },
      ],
      script: [{ from: 10, to: 40 }],
      fetch: [
        { from: 40, to: 50 },
        { from: 270, to: 280 },
      ],
      server: [{ from: 50, to: 270 }],
    })
  })

  test('prefers what had ended to what only went on beside it', () => {
    expect(
      path([
        ['a', '', 0, 100],
        ['beside', 'a', 0, 95],
        ['cause', 'a', 60, 89],
        ['last', 'a', 90, 100],
      ]),
    ).toEqual({
      beside: [
        { from: 0, to: 60 },
        { from: 89, to: 90 },
      ],
      cause: [{ from: 60, to: 89 }],
      last: [{ from: 90, to: 100 }],
    })
  })

  test('is of a span only while that is at work itself, whatever the trace', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(20), fc.nat(100), fc.nat(100)), { minLength: 1, maxLength: 20 }),
        (drawn) => {
          // children within their parents, as clocks that agree have it
          const told: Told[] = []
          for (const [parent, at, length] of drawn) {
            const [id, , from, to] = told[parent % (told.length || 1)] ?? ['', '', 0, 1000]
            const start = from + Math.floor(((to - from) * at) / 100)
            const end = start + Math.floor(((to - start) * length) / 100)
            told.push(told.length ? [`s${told.length}`, id, start, end] : ['s0', '', 0, 1000])
          }
          const forest = forestOf(told)
          const { stretches, byService } = criticalPath(forest)
          for (const [id, waited] of stretches) {
            const self = selfStretches(forest.byId.get(id)!)
            for (const { from, to } of waited)
              expect(self.some((it) => it.from <= from && it.to >= to)).toBe(true)
          }
          expect(byService.get('shop')).toBe(1000)
        },
      ),
    )
  })

  test('never counts a moment twice', () => {
    const told: Told[] = [
      ['a', '', 0, 1000],
      ['b', 'a', 5, 700],
      ['c', 'a', 300, 900],
      ['d', 'c', 310, 650],
      ['e', 'a', 910, 990],
      ['f', 'c', 200, 880],
    ]
    const all = Object.values(path(told)).flat()
    expect(total(all)).toBeLessThanOrEqual(1000)
    const sorted = [...all].sort((a, b) => a.from - b.from)
    sorted.forEach((it, n) => expect(it.from).toBeGreaterThanOrEqual(sorted[n - 1]?.to ?? 0))
  })
})

describe('a bar', () => {
  const [node] = forestOf([
    ['a', '', 0, 100],
    ['b', 'a', 25, 75],
  ]).nodes

  test('has its span, its own work and its share of the path', () => {
    if (!node) throw new Error('no node')
    expect(layoutBar(node, { from: 0, to: 200 }, [{ from: 0, to: 25 }])).toEqual({
      span: { left: 0, width: 0.5 },
      beyond: undefined,
      self: [
        { left: 0, width: 0.125 },
        { left: 0.375, width: 0.125 },
      ],
      waited: [{ left: 0, width: 0.125 }],
      events: [],
    })
  })

  test('says on which side it is out of sight', () => {
    if (!node) throw new Error('no node')
    expect(layoutBar(node, { from: 150, to: 200 })).toMatchObject({
      span: undefined,
      beyond: 'left',
    })
    expect(layoutBar(node, { from: -50, to: -10 })).toMatchObject({ beyond: 'right' })
  })
})

test('a search looks at names, services, attributes and events', () => {
  const attributes = [{ key: 'http.route', value: { stringValue: '/Cart' } }]
  const [found] = readTrace('t', data([span(['a', '', 0, 1], { attributes })])).spans
  if (!found) throw new Error('no span')
  expect(spanMatches(found, 'http.route=/cart')).toBe(true)
  expect(spanMatches(found, 'shop')).toBe(true)
  expect(spanMatches(found, 'elsewhere')).toBe(false)
})
