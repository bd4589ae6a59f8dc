// door.ts: the global `lightspan`, started by its own script tag where that says so.

import type { Lightspan } from './handle.ts'
import type { Options } from './options.ts'
import { idle } from './start-page.ts'
import type { Instrumentation } from './trace/instrumentation.ts'

type Call = [method: string, ...args: unknown[]]

interface Global {
  lightspan?: Partial<Lightspan> & { q?: Call[] }
}

const listOf = (text: string | undefined) => text?.split(/[\s,]+/).filter(Boolean)

/** What a script carries: how to start, and whatever else the page may use. */
export interface Carried {
  start: (options: Options) => Lightspan
}

// Attributes are text: lists are names or origins between commas, records are JSON.
const optionsOf = (lightspan: object, data: DOMStringMap): Options => ({
  ...(data as unknown as Options),
  sample: data.sample ? +data.sample : 1,
  propagateTo: listOf(data.propagateTo),
  attributes: data.attributes ? (JSON.parse(data.attributes) as Options['attributes']) : undefined,
  headers: data.headers ? (JSON.parse(data.headers) as Options['headers']) : undefined,
  instrumentations: listOf(data.instrumentations)?.map((name) =>
    (lightspan as Record<string, () => Instrumentation>)[name]!(),
  ),
})

/** Puts `lightspan` on the page. One that includes the script twice gets one Lightspan. Never throws. */
export const openDoor = (lightspan: Carried): void => {
  const before = (globalThis as Global).lightspan
  if (before?.stop) return
  const api = {
    ...lightspan,
    ...idle(),
    start: (options: Options) => Object.assign(api, lightspan.start(options)),
    /** Runs `use` when the script is there: now. Queued by the stub before. */
    ready: (use: () => void) => use(),
  }
  ;(globalThis as Global).lightspan = api
  const data = (document.currentScript as HTMLScriptElement | null)?.dataset
  try {
    if (data?.service) api.start(optionsOf(lightspan, data))
  } catch (error) {
    console.warn('lightspan: bad attribute in its tag:', error)
  }
  for (const [method, ...args] of before?.q || [])
    try {
      ;(api as unknown as Record<string, ((...args: unknown[]) => void) | undefined>)[method]?.(
        ...args,
      )
    } catch (error) {
      // the application's own, of which it hears as ever; what comes after it is called all the same
      setTimeout(() => {
        throw error
      })
    }
}
