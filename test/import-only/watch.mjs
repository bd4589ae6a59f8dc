// watch.mjs: looks at the globals of a runtime before Lightspan is imported, and hears who starts something.

/** Calls of what would be a side effect, by name. */
export const calls = []

const hear = (owner, name) => {
  const original = owner[name]
  if (typeof original != 'function') return
  owner[name] = function (...args) {
    calls.push(name)
    return Reflect.apply(original, this, args)
  }
}
for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'])
  hear(globalThis, name)
for (const name of ['addEventListener', 'dispatchEvent']) hear(EventTarget.prototype, name)
for (const name of ['log', 'info', 'warn', 'error', 'debug']) hear(console, name)

const owners = {
  globalThis,
  Promise: Promise.prototype,
  EventTarget: EventTarget.prototype,
  Object: Object.prototype,
  Function: Function.prototype,
  Array: Array.prototype,
  console,
}

const look = () =>
  new Map(
    Object.entries(owners).flatMap(([owner, object]) =>
      Reflect.ownKeys(object).map((key) => [
        `${owner}.${String(key)}`,
        Object.getOwnPropertyDescriptor(object, key),
      ]),
    ),
  )

const same = (one, other) =>
  one &&
  other &&
  ['value', 'get', 'set', 'writable', 'enumerable'].every((it) => Object.is(one[it], other[it]))

const before = look()

/** What has changed since: `owner.name`. */
export const changes = () => {
  const now = look()
  return [...new Set([...before.keys(), ...now.keys()])].filter(
    (name) => !same(before.get(name), now.get(name)),
  )
}
