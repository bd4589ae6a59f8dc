// Ready for AsyncContext: a tracer works the same over our stack and over a native variable.

import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, test } from 'vitest'
import {
  createStackContext,
  createTracer,
  createWithSpan,
  platformClock,
  randomHex,
  type Context,
  type Span,
} from 'lightspan/core'
import { createNativeContext, type Variable } from './kit/native-context.ts'

// Node keeps this one natively; the proposal's variable has no more than these two.
const createVariable = (): Variable<Span> => {
  const storage = new AsyncLocalStorage<Span | undefined>()
  return { get: () => storage.getStore(), run: (value, work) => storage.run(value, work) }
}

const contexts: Record<string, () => Context> = {
  'our stack': () => createStackContext(),
  'a native variable': () => createNativeContext(createVariable()),
}

const build = (context: Context) => {
  const ended: Span[] = []
  const tracer = createTracer({
    clock: platformClock(),
    random: randomHex,
    context,
    sample: 1,
    onEnd: (span) => void ended.push(span),
  })
  return { ...tracer, ended, span: createWithSpan(tracer) }
}

describe.each(Object.entries(contexts))('over %s', (_, make) => {
  test('nothing is active at first, and after each run what was before it', () => {
    const { active, run, start } = build(make())
    expect(active()).toBeUndefined()
    const [a, b] = [start('a'), start('b')]
    run(a, () => {
      expect(active()).toBe(a)
      run(b, () => expect(active()).toBe(b))
      run(undefined, () => expect(active()).toBeUndefined())
      expect(active()).toBe(a)
    })
    expect(active()).toBeUndefined()
  })

  test('a result and a throw come through', () => {
    const { active, run, start } = build(make())
    expect(run(start('a'), () => 7)).toBe(7)
    const fail = () => {
      throw new RangeError('no')
    }
    expect(() => run(start('a'), fail)).toThrow(RangeError)
    expect(active()).toBeUndefined()
  })

  test('spans become children of the active one', () => {
    const { span, ended } = build(make())
    span('outer', () => span('inner', () => {}))
    const [inner, outer] = ended
    expect(inner!.parentId).toBe(outer!.spanId)
  })
})

test('a native variable keeps the active span across native awaits, with no transform', async () => {
  const { span, start, ended } = build(createNativeContext(createVariable()))
  await Promise.all(
    ['a', 'b'].map((name) =>
      span(name, async () => {
        await Promise.resolve()
        await new Promise((later) => setTimeout(later))
        start(`child of ${name}`).end()
      }),
    ),
  )
  for (const name of ['a', 'b']) {
    const parent = ended.find((it) => it.name == name)!
    expect(ended.find((it) => it.name == `child of ${name}`)!.parentId).toBe(parent.spanId)
  }
})
