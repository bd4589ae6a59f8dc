// bind-target.ts: an event emitter or event target whose listeners, from now on, run in one context.

type Listener = (this: unknown, ...args: unknown[]) => unknown
type Method = (this: unknown, ...args: unknown[]) => unknown
type Target = Record<string, Method | undefined>

const adding = [
  'on',
  'once',
  'addListener',
  'prependListener',
  'prependOnceListener',
  'addEventListener',
]
const removing = ['off', 'removeListener', 'removeEventListener']

/**
 * Binds what is added to `target` by its own methods, and lets it be removed by the listener that was
 * added. What hears events but is no function, and what has no such methods, is left as it is.
 * @returns `target`.
 */
export const bindTarget = <Value>(value: Value, bind: (listener: Listener) => Listener): Value => {
  const target = Object(value) as Target
  if (typeof target['on'] != 'function' && typeof target['addEventListener'] != 'function')
    return value
  const bound = new WeakMap<object, Listener>()
  // An emitter's `once` goes through its `on`, with a listener of its own making.
  let inside = false
  const boundOf = (listener: Listener, make: boolean) => {
    const known = bound.get(listener)
    if (known || !make) return known ?? listener
    const fresh = bind(listener)
    bound.set(listener, fresh)
    return fresh
  }
  const replace = (name: string, make: boolean) => {
    const original = target[name]
    if (typeof original != 'function') return
    target[name] = function (type, listener, ...more) {
      if (inside || typeof listener != 'function')
        return Reflect.apply(original, this, [type, listener, ...more])
      inside = true
      try {
        return Reflect.apply(original, this, [type, boundOf(listener as Listener, make), ...more])
      } finally {
        inside = false
      }
    }
  }
  adding.forEach((name) => replace(name, true))
  removing.forEach((name) => replace(name, false))
  return value
}
