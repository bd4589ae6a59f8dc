// patch.ts: replaces one function of the page, and gives it back.

/**
 * Wraps `owner[name]`. While undone, the wrapper is a pass-through: someone may have wrapped us, then
 * our function stays in the chain and does nothing.
 * @param wrap gets the original and returns what runs instead.
 * @returns the undo. Both never throw: what is absent or frozen is left alone.
 */
export const patch = <Owner extends object, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
  wrap: (original: Owner[Name]) => Owner[Name],
): (() => void) => {
  const original = owner[name] as unknown
  const own = Object.getOwnPropertyDescriptor(owner, name)
  if (typeof original != 'function') return () => {}
  const wrapped = wrap(original as Owner[Name]) as unknown as (...args: unknown[]) => unknown
  let live = true
  const ours = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(live ? wrapped : original, this, args)
  }
  try {
    // The page may look at it: `fetch.length` and `fetch.name` stay what they were, and what a mock has besides.
    Object.defineProperties(ours, Object.getOwnPropertyDescriptors(original))
    Object.defineProperty(owner, name, {
      configurable: true,
      writable: true,
      enumerable: true,
      ...own,
      value: ours,
    })
  } catch {
    // frozen: nothing was changed, so there is nothing to give back
  }
  return () => {
    live = false
    if ((owner[name] as unknown) != ours) return
    if (own) Object.defineProperty(owner, name, own)
    else delete owner[name]
  }
}
