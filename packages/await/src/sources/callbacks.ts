// callbacks.ts: functions that the platform calls later, in the context in which it was given them.

import { bindAny } from '../bind.ts'
import { patch, prototypeOf, type Undo } from './patch.ts'

// What takes callbacks, by where it is found; every function among its arguments is one.
const methods: Record<string, string> = {
  '': 'setTimeout setInterval setImmediate queueMicrotask requestAnimationFrame requestIdleCallback',
  Scheduler: 'postTask',
  LockManager: 'request',
  Document: 'startViewTransition',
  HTMLCanvasElement: 'toBlob',
  HTMLVideoElement: 'requestVideoFrameCallback',
  Geolocation: 'getCurrentPosition watchPosition',
  DataTransferItem: 'getAsString',
  BaseAudioContext: 'decodeAudioData',
  FileSystemDirectoryReader: 'readEntries',
  FileSystemFileEntry: 'file',
}

const observers = [
  'MutationObserver',
  'IntersectionObserver',
  'ResizeObserver',
  'PerformanceObserver',
  'ReportingObserver',
]

// An observer's callback runs in the context in which the observer was made.
const patchObserver = (name: string): Undo => {
  const own = Object.getOwnPropertyDescriptor(globalThis, name)
  const original = own?.value as (new (...args: unknown[]) => object) | undefined
  if (!original) return () => {}
  const ours = new Proxy(original, {
    construct: (target, [callback, ...more], newTarget) =>
      Reflect.construct(target, [bindAny(callback), ...(more as unknown[])], newTarget) as object,
  })
  Object.defineProperty(globalThis, name, { ...own, value: ours })
  return () => {
    if ((globalThis as Record<string, unknown>)[name] === ours)
      Object.defineProperty(globalThis, name, own!)
  }
}

/** Patches all of them. */
export const patchCallbacks = (): Undo[] => [
  ...Object.entries(methods).flatMap(([owner, names]) =>
    names.split(' ').map((name) =>
      patch(
        owner ? prototypeOf(owner) : globalThis,
        name,
        (original) =>
          function (...args) {
            return Reflect.apply(original, this, args.map(bindAny) as never[])
          },
      ),
    ),
  ),
  ...observers.map(patchObserver),
]
