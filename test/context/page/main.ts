// main.ts: the page around the scenarios: Lightspan, and a button. Never transformed.

import { fetchSpans, interactionSpans, startWith, type Instrumentation } from 'lightspan'
import type { interleave, scenarios, startStrangers, Tools } from './scenarios.ts'

declare const window: Window & {
  keepers?: Instrumentation[]
  bind?: Tools['bind']
  page: Page
}

/** The application, which comes after Lightspan, as it should. */
export interface Application {
  scenarios: typeof scenarios
  startStrangers: typeof startStrangers
  interleave: typeof interleave
}

/** What tests do with the page. */
export interface Page {
  /** What the next click shall start: a scenario's name, or `interleave:<n>`. */
  next: string
  names: string[]
  /** The trace of each click, by what it started. */
  traces: Record<string, string | undefined>
  /** Scenarios that the engine cannot run. */
  absent: string[]
  stop: () => void
}

const lightspan = startWith([...(window.keepers ?? []), interactionSpans(), fetchSpans()], {
  service: 'scenarios',
  url: '/v1/spans',
})
const load = (tag: string) => fetch(`/api/200?tag=${encodeURIComponent(tag)}`)
const tools: Tools = { load, bind: window.bind ?? ((work) => work) }

/** Runs the application in this page. */
export const run = ({ scenarios: all, startStrangers: begin, interleave: mix }: Application) => {
  const stop = begin(tools)
  const page: Page = {
    next: '',
    names: Object.keys(all),
    traces: {},
    absent: [],
    stop: () => {
      stop()
      lightspan.stop()
    },
  }
  window.page = page

  document.querySelector('#go')!.addEventListener('click', () => {
    const { next } = page
    page.traces[next] = lightspan.active()?.traceId
    if (next.startsWith('interleave:')) {
      void mix(() => load(next), next.endsWith(':last'))
      return
    }
    const result = all[next]!(() => load(next), tools)
    void Promise.resolve(result).then((value) => value == 'absent' && page.absent.push(next))
  })
}
