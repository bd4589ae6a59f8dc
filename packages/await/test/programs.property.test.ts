// Generated programs: the transform changes neither result nor order, and keeps each context to its own.

import { AsyncLocalStorage } from 'node:async_hooks'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryProgram } from './kit/arbitrary-program.ts'
import { active, evaluate, run, settled, transformed } from './kit/evaluate.ts'

const storage = new AsyncLocalStorage<string>()

/** What one run showed: everything in order, every microtask numbered by a clock beside it. */
const observe = async (text: string) => {
  const order: unknown[] = []
  const contexts: { probe: number; own: string; slot: unknown; stored: unknown }[] = []
  const p = (own: string, probe: number) => {
    if (order.length > 20_000) throw new RangeError('too long')
    order.push(`${own} ${probe}`)
    contexts.push({ probe, own, slot: active(), stored: storage.getStore() })
    return 0
  }
  const enter = (context: string, work: () => unknown) =>
    run(context, () => storage.run(context, work))
  class Sub extends Promise<unknown> {}
  let open: (value: number) => void = () => {}
  const shared = new Promise<number>((resolve) => (open = resolve))
  const thenable = (own: string, probe: number) => ({
    then: (done: (value: number) => void) => {
      p(own, probe)
      done(1)
    },
  })
  const start = evaluate(text, { p, run: enter, thenable, shared, Sub }) as (
    k: string,
  ) => Promise<unknown>
  const results = ['A', 'B'].map((k) =>
    (enter(k, () => start(k)) as Promise<unknown>).then(
      (value) => order.push(`${k} ended ${JSON.stringify(value)}`),
      (error: unknown) => order.push(`${k} failed ${String(error)}`),
    ),
  )
  let ticking = true
  void (async () => {
    for (let tick = 0; ticking && tick < 5000; tick++) {
      order.push(tick)
      await Promise.resolve()
    }
  })()
  const leaked = active()
  open(0)
  await Promise.race([Promise.all(results), settled()])
  ticking = false
  await settled()
  return { order, contexts, leaked: [leaked, active()].filter((it) => it !== undefined) }
}

const refuseUnhandled = () => {
  const hear = () => {} // programs reject on purpose
  process.on('unhandledRejection', hear)
  return () => process.off('unhandledRejection', hear)
}

const all = ['async', 'arrow', 'generator', 'asyncGenerator'] as const

test('nothing that a program can see changes, and every probe has its own context', async () => {
  const undo = refuseUnhandled()
  let looked = 0
  await fc.assert(
    fc.asyncProperty(arbitraryProgram(all), async (text) => {
      const before = await observe(text)
      const after = await observe(transformed(text))
      expect(after.order).toEqual(before.order)
      expect(after.contexts.filter(({ own, slot }) => own != slot)).toEqual([])
      expect(after.leaked).toEqual([])
      looked += after.contexts.length
    }),
    { numRuns: 400 },
  )
  undo()
  expect(looked).toBeGreaterThan(4000)
})

test('AsyncLocalStorage sees the same contexts in async functions', async () => {
  const undo = refuseUnhandled()
  await fc.assert(
    fc.asyncProperty(arbitraryProgram(['async', 'arrow']), async (text) => {
      const { contexts } = await observe(transformed(text))
      expect(contexts.filter(({ slot, stored }) => slot != stored)).toEqual([])
    }),
    { numRuns: 200 },
  )
  undo()
})

test('without the transform the same programs lose theirs: the tests above can fail', async () => {
  const undo = refuseUnhandled()
  let lost = 0
  await fc.assert(
    fc.asyncProperty(arbitraryProgram(all), async (text) => {
      const { contexts } = await observe(text)
      lost += contexts.filter(({ own, slot }) => own != slot).length
    }),
    { numRuns: 20 },
  )
  undo()
  expect(lost).toBeGreaterThan(0)
})
