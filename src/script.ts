// script.ts: the script-tag door: the global `lightspan`, started by its own tag where that says so.

import type { Lightspan } from './handle.ts'
import * as lightspan from './standard.ts'
import { idle } from './start-with.ts'
import type { Options } from './options.ts'
import type { Instrumentation } from './trace/instrumentation.ts'

type Call = [method: string, ...args: unknown[]]

interface Global {
  lightspan?: Partial<Lightspan> & { q?: Call[] }
}

const { currentScript } = document
const before = (globalThis as Global).lightspan

const listOf = (text: string | undefined) => text?.split(/[\s,]+/).filter(Boolean)

// Attributes are text: lists are names or origins between commas, records are JSON.
const optionsOf = (data: DOMStringMap): Options => ({
  ...(data as unknown as Options),
  sample: data.sample ? +data.sample : 1,
  propagateTo: listOf(data.propagateTo),
  attributes: data.attributes ? (JSON.parse(data.attributes) as Options['attributes']) : undefined,
  headers: data.headers ? (JSON.parse(data.headers) as Options['headers']) : undefined,
  instrumentations: listOf(data.instrumentations)?.map((name) =>
    (lightspan as unknown as Record<string, () => Instrumentation>)[name]!(),
  ),
})

// A page that includes the script twice gets one Lightspan.
if (!before?.stop) {
  const api = {
    ...lightspan,
    ...idle(),
    start: (options: Options) => Object.assign(api, lightspan.start(options)),
    /** Runs `use` when the script is there: now. Queued by the stub before. */
    ready: (use: () => void) => use(),
  }
  ;(globalThis as Global).lightspan = api
  const data = (currentScript as HTMLScriptElement | null)?.dataset
  try {
    if (data?.service) api.start(optionsOf(data))
  } catch (error) {
    console.warn('lightspan: not started, its tag has a bad attribute:', error)
  }
  for (const [method, ...args] of before?.q || [])
    (api as unknown as Record<string, ((...args: unknown[]) => void) | undefined>)[method]?.(
      ...args,
    )
}
