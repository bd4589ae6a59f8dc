// events.ts: events that end an operation are heard in the context in which it was started.

import { bind, type Callback } from '../bind.ts'
import { patch, prototypeOf, type Undo } from './patch.ts'

// Targets that stand for one operation, and what starts it; without that, who listens is who waits.
// All other events are heard as they are dispatched: a click in the context of that click.
const operations: Record<string, string> = {
  XMLHttpRequest: 'send',
  XMLHttpRequestUpload: '',
  FileReader: 'readAsArrayBuffer readAsBinaryString readAsDataURL readAsText',
  IDBRequest: '',
  IDBOpenDBRequest: '',
  IDBTransaction: '',
  HTMLImageElement: '',
  HTMLScriptElement: '',
  HTMLLinkElement: '',
  Animation: '',
  MessagePort: '',
  Worker: '',
  WebSocket: '',
  EventSource: '',
  BroadcastChannel: '',
}

/** Messages between two ports of one page that may be under way before we stop to follow them. */
const most = 1000

type Run = (work: Callback) => Callback
type Listener = Callback | { handleEvent: Callback }

// Runs functions in the context of now.
const keep = (): Run => {
  const run = bind(
    (work: never, self: never, args: never) => Reflect.apply(work, self, args) as unknown,
  )
  return (work) =>
    function (...args) {
      return run(work as never, this as never, args as never)
    }
}

const createContexts = () => {
  const started = new WeakMap<object, Run>()
  const other = new WeakMap<object, object>()
  const messages = new WeakMap<object, Run[]>()
  const heard = new WeakMap<object, Run>()
  return {
    start: (target: object) => void started.set(target, keep()),
    entangle: (one: object, two: object) => {
      other.set(one, two).set(two, one)
      messages.set(one, []).set(two, [])
    },
    send: (port: object) => {
      const queue = messages.get(other.get(port) ?? port)
      if (!queue) return
      if (queue.push(keep()) > most) messages.delete(other.get(port)!)
    },
    forget: (port: object) => {
      messages.delete(port)
      messages.delete(other.get(port) ?? port)
    },
    /** The context of an event at a target, by how it came about. */
    of: (target: object, event: Event): Run | undefined => {
      const queue = event.type == 'message' && messages.get(target)
      const known = heard.get(event)
      if (!queue) return started.get(target)
      if (known) return known
      const next = queue.shift()
      if (next) heard.set(event, next)
      return next
    },
  }
}

type Contexts = ReturnType<typeof createContexts>

const isOperation = (target: unknown): target is object =>
  Object.keys(operations).some((name) => {
    const prototype = prototypeOf(name)
    return prototype && Object.prototype.isPrototypeOf.call(prototype, target as object)
  })

// A listener's stand-in: the same for the same listener, so that the platform knows it again.
const createStandIns = (contexts: Contexts) => {
  const known = new WeakMap<object, WeakMap<object, Callback>>()
  const originals = new WeakMap<object, unknown>()
  const make = (target: object, listener: Listener): Callback => {
    const here = keep()
    const call: Callback = function (...args) {
      const run = contexts.of(target, args[0] as never) ?? here
      const handle = typeof listener == 'function' ? listener : listener.handleEvent
      const self = typeof listener == 'function' ? this : listener
      return Reflect.apply(run(handle), self, args) as unknown
    }
    originals.set(call, listener)
    return call
  }
  return {
    known,
    originals,
    of: (target: object, listener: unknown): unknown => {
      if (!listener || (typeof listener != 'function' && typeof listener != 'object'))
        return listener
      const all = known.get(target) ?? new WeakMap<object, Callback>()
      known.set(target, all)
      const found = all.get(listener) ?? make(target, listener as Listener)
      all.set(listener, found)
      return found
    },
    make,
  }
}

type StandIns = ReturnType<typeof createStandIns>

// `only`: names that mean an operation on elements, whose other events are a user's.
const patchHandlers = (prototype: object, { make, originals }: StandIns, only = /^on/): Undo[] =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, own]) => {
    const { get, set } = own as { get?: Callback; set?: Callback }
    if (!only.test(name) || !get || !set || !own.configurable) return []
    Object.defineProperty(prototype, name, {
      ...own,
      get(this: object) {
        const value = Reflect.apply(get, this, []) as object | null
        return value && (originals.get(value) ?? value)
      },
      set(this: object, value: unknown) {
        const stand =
          typeof value == 'function' && isOperation(this) ? make(this, value as Callback) : value
        Reflect.apply(set, this, [stand] as never[])
      },
    })
    return [() => void Object.defineProperty(prototype, name, own)]
  })

const patchListeners = ({ of, known }: StandIns): Undo[] => {
  const target = prototypeOf('EventTarget')
  const undo = patch(
    target,
    'addEventListener',
    (original) =>
      function (type, listener, ...more) {
        const ours = isOperation(this) ? of(this, listener) : listener
        return Reflect.apply(original, this, [type, ours, ...more] as never[])
      },
  )
  // It stays after the end: the page may still take back a listener that we had put a stand-in for.
  patch(
    target,
    'removeEventListener',
    (original) =>
      function (type, listener, ...more) {
        const ours = known.get(this as object)?.get(listener as object) ?? listener
        return Reflect.apply(original, this, [type, ours, ...more] as never[])
      },
  )
  return [undo]
}

const patchPorts = (contexts: Contexts): Undo[] => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'MessageChannel')
  const original = own?.value as typeof MessageChannel | undefined
  if (!original) return []
  const ours = new Proxy(original, {
    construct: (target, args, newTarget) => {
      const channel = Reflect.construct(target, args, newTarget) as MessageChannel
      contexts.entangle(channel.port1, channel.port2)
      return channel
    },
  })
  Object.defineProperty(globalThis, 'MessageChannel', { ...own, value: ours })
  const note = (original: Callback) =>
    function (this: unknown, ...args: unknown[]) {
      const [, options] = args
      const transfer = (
        Array.isArray(options) ? options : (options as { transfer?: unknown })?.transfer
      ) as object[] | undefined
      // A port that leaves this page takes its messages along.
      transfer?.forEach?.((it) => contexts.forget(it))
      const result = Reflect.apply(original, this, args as never[]) as unknown
      contexts.send(this as object)
      return result
    }
  return [
    () =>
      void (
        globalThis.MessageChannel === ours &&
        Object.defineProperty(globalThis, 'MessageChannel', own!)
      ),
    patch(prototypeOf('MessagePort'), 'postMessage', note),
    patch(prototypeOf('Worker'), 'postMessage', note),
  ]
}

/** Patches starts, listeners and handlers of operations. */
export const patchEvents = (): Undo[] => {
  const contexts = createContexts()
  const stands = createStandIns(contexts)
  const starts = Object.entries(operations).flatMap(([owner, names]) =>
    names
      .split(' ')
      .filter(Boolean)
      .map((name) =>
        patch(
          prototypeOf(owner),
          name,
          (original) =>
            function (...args) {
              contexts.start(this as object)
              return Reflect.apply(original, this, args as never[])
            },
        ),
      ),
  )
  const prototypes = new Set(
    [...Object.keys(operations), 'XMLHttpRequestEventTarget']
      .map(prototypeOf)
      .filter((it) => it !== undefined),
  )
  return [
    ...starts,
    ...[...prototypes].flatMap((it) => patchHandlers(it, stands)),
    ...patchHandlers(prototypeOf('HTMLElement') ?? {}, stands, /^on(?:load|error)$/),
    ...patchListeners(stands),
    ...patchPorts(contexts),
  ]
}
