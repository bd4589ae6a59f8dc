// bind.ts: functions that run in the context of now, whenever they are called.

import { create, pause, resume } from './runtime.ts'

/** Any function. */
export type Callback = (this: unknown, ...args: never[]) => unknown

/**
 * Binds `work` to the context of now: for queues, event buses and pools of an application's own, which
 * call a function later on behalf of who gave it. Never throws but what `work` throws.
 */
export const bind = <Work extends Callback>(work: Work): Work => {
  const { o } = create()
  return function (this: unknown, ...args: never[]) {
    // a frame of its own: `work` may be called again while it runs
    const run = { o, s: 0 }
    resume(run)
    try {
      return Reflect.apply(work, this, args)
    } finally {
      // What `work` has left itself stays left, as a click does whose event was stopped: its SDK leaves it by a
      // timer, which is bound as well.
      if (create().o || !o) pause(run)
    }
  } as Work
}

/** `value` bound if it is a function; anything else as it is. */
export const bindAny = (value: unknown): unknown =>
  typeof value == 'function' ? bind(value as Callback) : value
