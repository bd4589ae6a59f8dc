// stand-in.ts: puts a Proxy in the place of a function of the page, and gives the place back.

type Traps = ProxyHandler<(...args: never[]) => unknown>

// Where it is frozen, nothing was changed.
const place = (owner: object, name: string, descriptor: PropertyDescriptor) =>
  Reflect.defineProperty(owner, name, descriptor)

/**
 * Lets `traps` see the calls of `owner[name]`. All else goes through to it: statics, `instanceof`,
 * subclasses, name, length, and the look of native code; `it.constructor` of what it makes is the
 * stand-in, as the page expects.
 * @returns the undo. Whoever still holds the stand-in then goes through it as if it were not there. Both
 *   never throw: what is absent or frozen is left alone.
 */
export const standIn = (owner: object, name: string, traps: Traps): (() => void) => {
  const original = Reflect.get(owner, name) as unknown
  const own = Object.getOwnPropertyDescriptor(owner, name)
  if (typeof original != 'function' || !own || !('value' in own)) return () => {}
  const ours: unknown = new Proxy(original as (...args: never[]) => unknown, traps)
  const { prototype } = original as { prototype?: object }
  const made = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')
  if (place(owner, name, { ...own, value: ours }) && made?.value == original)
    place(prototype!, 'constructor', { ...made, value: ours })
  return () => {
    for (const trap in traps) delete traps[trap as keyof Traps]
    if (Reflect.get(owner, name) == ours) place(owner, name, own)
    if (made && Reflect.get(prototype!, 'constructor') == ours)
      place(prototype!, 'constructor', made)
  }
}
