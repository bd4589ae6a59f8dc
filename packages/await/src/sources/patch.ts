// patch.ts: replaces one function of the page, and gives it back.

import type { Callback } from '../bind.ts'

/** Puts things back. */
export type Undo = () => void

/** The prototype of a global class, or undefined where this engine has none. */
export const prototypeOf = (name: string): object | undefined =>
  (globalThis as unknown as Record<string, { prototype?: object } | undefined>)[name]?.prototype

/**
 * Wraps `owner[name]`; what is absent or frozen is left alone. While undone ours is a pass-through,
 * for someone may have wrapped it meanwhile. Never throws.
 */
export const patch = (
  owner: object | undefined,
  name: string,
  wrap: (original: Callback) => (this: unknown, ...args: unknown[]) => unknown,
): Undo => {
  const own = owner && Object.getOwnPropertyDescriptor(owner, name)
  const original = own?.value as Callback | undefined
  if (typeof original != 'function') return () => {}
  const wrapped = wrap(original)
  let live = true
  const ours = function (this: unknown, ...args: unknown[]) {
    return Reflect.apply(live ? wrapped : original, this, args) as unknown
  }
  try {
    for (const key of ['name', 'length'])
      Object.defineProperty(ours, key, Object.getOwnPropertyDescriptor(original, key)!)
    Object.defineProperty(owner, name, { ...own, value: ours })
  } catch {
    return () => {} // not ours to change
  }
  return () => {
    live = false
    if (Object.getOwnPropertyDescriptor(owner!, name)?.value === ours)
      Object.defineProperty(owner, name, own!)
  }
}
