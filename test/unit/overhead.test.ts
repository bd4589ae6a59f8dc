// What Lightspan costs the page, and what it leaves out over its budget, on a clock of the test's own.

import { expect, test } from 'vitest'
import { createOverhead } from '../../src/overhead.ts'
import type { CompleteParts } from '../../src/start-page.ts'
import type { PageTracer } from '../../src/trace/instrumentation.ts'
import type { Span } from '../../src/trace/span.ts'
import type { Visitor } from '../../src/visitor.ts'

const make = (budget: number) => {
  let time = 0
  let cost = 1
  const passed: string[] = []
  const lost: (string | undefined)[] = []
  const phases: string[] = []
  const watch = createOverhead({ budget, window: 100, every: 1, now: () => time })
  const parts = watch.parts({
    visitor: () => ({ pass: ({ name }: Span) => (passed.push(name), (time += cost)) }) as never,
    delivery: [(it: object) => it as never, () => Promise.resolve({ taken: true })],
    sampler: (rate: unknown) => (root: object) => ({
      flags: (rate as (it: object) => number)(root),
    }),
    timing: (span: Span) => void span.addEvent('phase'),
  } as unknown as CompleteParts)
  const visitor = parts.visitor(
    {} as never,
    {} as never,
    () => {},
    (it) => lost.push(it),
  ) as Visitor
  const span = (name: string, attributes = {}) =>
    ({ name, attributes, children: 0, events: [] as unknown }) as Span
  const window = () => {
    time += 100
    visitor.pass(span('work'))
  }
  const request = { addEvent: (it: string) => phases.push(it) } as unknown as Span
  return {
    ...watch,
    parts,
    visitor,
    span,
    window,
    request,
    passed,
    lost,
    phases,
    costs: (ms: number) => (cost = ms),
  }
}

const detail = { 'lightspan.resource.type': 'img' }
const idle = { 'lightspan.interaction.processing_duration': 1 }

test('within the budget everything is recorded, and the share is told', () => {
  const it = make(0.5)
  it.window()
  it.visitor.pass(it.span('resource', detail))
  it.parts.timing!(it.request, {})
  expect(it.passed).toEqual(['work', 'resource'])
  expect(it.phases).toEqual(['phase'])
  expect(it.overhead()).toMatchObject({ ms: 2, shed: [] })
  expect(it.overhead().share).toBeCloseTo(1 / 101)
  expect(it.visitor.resource!()).toMatchObject({
    'lightspan.overhead.duration': 2,
    'lightspan.overhead.bytes': 0,
    'lightspan.overhead.shed': undefined,
  })
})

test('over it phases go first, then details, then idle interactions, then half of the traces', () => {
  const it = make(0.001)
  const state = () => {
    it.passed.length = it.phases.length = 0
    it.visitor.pass(it.span('resource', detail))
    it.visitor.pass(it.span('click', idle))
    it.visitor.pass({ ...it.span('busy click', idle), children: 1 } as Span)
    it.parts.timing!(it.request, {})
    const rate = it.parts.sampler!(() => 1)({ traceId: '', name: '', attributes: {} }).flags
    return [it.phases.length, it.passed.join(), rate]
  }
  expect(state()).toEqual([1, 'resource,click,busy click', 1])
  it.window()
  expect(state()).toEqual([0, 'resource,click,busy click', 1])
  it.window()
  expect(state()).toEqual([0, 'click,busy click', 1])
  it.window()
  expect(state()).toEqual([0, 'busy click', 1])
  it.window()
  expect(state()).toEqual([0, 'busy click', 0.5])
  for (let at = 0; at < 9; at++) it.window()
  expect(state()).toEqual([0, 'busy click', 1 / 16])
  expect(it.lost.every((reason) => reason == 'overhead')).toBe(true)
  expect(it.visitor.resource!()['lightspan.overhead.shed']).toEqual([
    'phases',
    'details',
    'interactions',
    'traces',
  ])
  it.costs(0)
  for (let at = 0; at < 10; at++) it.window()
  expect(state()).toEqual([1, 'resource,click,busy click', 1])
})

test('an interaction whose handler threw is none that caused nothing', () => {
  const it = make(0.001)
  for (let at = 0; at < 3; at++) it.window()
  const failed = { ...it.span('click', idle), events: [{ name: 'exception' }] } as Span
  it.visitor.pass(failed)
  it.visitor.pass(it.span('idle click', idle))
  expect(it.overhead().shed.at(-1)).toBe('interactions')
  expect(it.passed.slice(3)).toEqual(['click'])
})

test('one call in so many is measured, and stands for the others', () => {
  let time = 0
  let chance = 0
  const { around, overhead } = createOverhead({ every: 10, now: () => time, random: () => chance })
  const tracer = { start: () => (time += 2), headers: () => {} } as unknown as PageTracer
  const undo = around([]).map((install) => install(tracer))
  for (let at = 0; at < 20; at++) {
    chance = at % 10 ? 0.9 : 0
    tracer.start('span')
  }
  expect(overhead().ms).toBe(40)
  undo.forEach((each) => each())
  tracer.start('span')
  expect(overhead().ms).toBe(40)
})
