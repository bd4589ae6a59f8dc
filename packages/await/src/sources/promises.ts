// promises.ts: reactions of promises, and thenables that the platform itself resolves.

import { bind, type Callback } from '../bind.ts'
import { adopt } from '../runtime.ts'
import { patch, type Undo } from './patch.ts'

// What a reaction returns may be a thenable too.
const reaction = (value: unknown): unknown =>
  typeof value == 'function' ? bind((result: never) => adopt((value as Callback)(result))) : value

/** Patches `then`, on which `catch` and `finally` stand, and `resolve`, on which `all` and its kin do. */
export const patchPromises = (): Undo[] => [
  patch(
    Promise.prototype,
    'then',
    (original) =>
      function (onDone, onFail) {
        return Reflect.apply(original, this, [reaction(onDone), reaction(onFail)] as never[])
      },
  ),
  patch(
    Promise,
    'resolve',
    (original) =>
      function (value) {
        return Reflect.apply(original, this, [
          value instanceof Promise ? value : adopt(value),
        ] as never[])
      },
  ),
]
