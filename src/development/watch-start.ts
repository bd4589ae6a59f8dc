// watch-start.ts: starting with warnings: of options, of being started twice, and then of what the handle is given.

import { attempt } from '../browser/attempt.ts'
import type { Lightspan } from '../handle.ts'
import type { BaseOptions } from '../options.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import { checkOptions, checkParts, checkShare, type More } from './check-options.ts'
import { memory, say } from './say.ts'
import { show } from './show.ts'
import { watchHandle, watchInstrumentation } from './watch-handle.ts'

// Two with different names are meant to be two. Returns what takes note of the end.
const noteRunning = (at: string, { service }: BaseOptions) => {
  // a server starts one for each page that it renders
  if (typeof document == 'undefined') return
  const { running } = memory()
  if (running.has(service))
    say({
      at,
      given: `${show(service)} is running in this page already`,
      expected: 'stop() before it is started again, as where a module is reloaded',
      then: 'Both run, and what the page does is recorded twice',
    })
  running.add(service)
  return () => running.delete(service)
}

// A rule may give a wrong share only now and then.
const withRule = <Given extends BaseOptions>(at: string, options: Given): Given => {
  const { sample } = options
  if (typeof sample != 'function') return options
  return {
    ...options,
    sample: (root) => {
      const share = sample(root)
      attempt(() => checkShare(`${at}, sample()`, share))
      return share
    },
  }
}

/** How to start, as it stands without warnings. */
export interface Start<Given extends BaseOptions, Handle extends Lightspan> {
  at: string
  options: Given
  /** Options besides those of all. */
  more?: More
  instrumentations?: readonly Instrumentation[] | undefined
  /** `undefined`: the parts are not for the user to say. */
  parts?: object | undefined
  start: (options: Given, instrumentations: readonly Instrumentation[] | undefined) => Handle
}

/** Starts what is given with warnings. Never throws, but for what `start` throws. */
export const watchStart = <Given extends BaseOptions, Handle extends Lightspan>({
  at,
  options,
  more,
  instrumentations,
  parts,
  start,
}: Start<Given, Handle>): Handle => {
  attempt(() => checkOptions(at, options, more))
  if (parts) attempt(() => checkParts(at, parts, options))
  const watched = Array.isArray(instrumentations)
    ? instrumentations.map((one: Instrumentation) => watchInstrumentation(at, one))
    : instrumentations
  const handle = start(attempt(() => withRule(at, options)) || options, watched)
  const end = attempt(() => noteRunning(at, options))
  return watchHandle(handle, () => end?.())
}
