// evaluate.ts: runs a program as written and as transformed, in Node, with the slot to be looked at.

import { compileFunction } from 'node:vm'
import * as runtime from '../../src/runtime.ts'
import { transform } from '../../src/transform.ts'

const slot = (globalThis as Record<symbol, unknown>)[
  Symbol.for('lightspan.context.v1')
] as runtime.Slot

/** What is active. */
export const active = () => slot.current

/** Runs `work` with `context` active, as a tracer does. */
export const run = <Result>(context: unknown, work: () => Result): Result => {
  const before = slot.current
  slot.current = context
  try {
    return work()
  } finally {
    slot.current = before
  }
}

/** `text` after the transform; an error where that left it as it was. */
export const transformed = (text: string): string => {
  const result = transform(text, { link: 'require' })
  if (!result) throw new Error('nothing was transformed')
  return result.code
}

/** Evaluates `text` as a function body; what `globals` holds are its variables. */
export const evaluate = (text: string, globals: Record<string, unknown> = {}): unknown =>
  Reflect.apply(compileFunction(text, [...Object.keys(globals), 'require']), undefined, [
    ...Object.values(globals),
    () => runtime,
  ]) as unknown

/** Resolves when everything that hangs on promises alone has happened. */
export const settled = () => new Promise((later) => setTimeout(later))
