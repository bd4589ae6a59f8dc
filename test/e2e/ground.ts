// ground.ts: what end-to-end tests stand on: the real demo, a real Chromium, and the collector's API.

import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import type { TracesData } from 'lightspan/wire'
import { run, type Demo } from '../../packages/demo/run.mjs'
import { findBrowser } from '../kit/find-browsers.ts'
import { quiet } from '../kit/open-chromium.ts'
import { flatten, type ReceivedSpan } from '../kit/received.ts'

/** Kinds of OTLP. */
export const kinds = { internal: 1, server: 2, client: 3 } as const

/** OTLP's status code of a failure. */
export const failed = 2

/** Where screenshots go. */
const artefacts = new URL('../../artefacts/', import.meta.url).pathname

/** How long spans may take from a page to the collector's API, in ms. */
const patience = 20_000

/** The service that a span is of. */
export const service = (span: ReceivedSpan): string => String(span.resource['service.name'])

/** The running demo, and a page of its shop. */
export interface Ground extends Demo {
  page: Page
  /** What nobody caught in the shop's page, in words. */
  complaints: string[]
  /** Asks the collector; undefined where it does not know. */
  ask: <Answer>(path: string) => Promise<Answer | undefined>
  /** Ids of the traces that a query finds, newest first. */
  search: (query: string) => Promise<string[]>
  /** The newest trace that has a span of this service and name; rejects after 20 s. */
  newest: (service: string, name: string) => Promise<string>
  /** All spans of a trace, once `enough` of them have arrived; rejects after 20 s. */
  traceWhen: (
    traceId: string,
    enough: (spans: ReceivedSpan[]) => boolean,
  ) => Promise<ReceivedSpan[]>
  /** A page of the viewer; the caller closes its context. */
  openViewer: (colorScheme: 'light' | 'dark') => Promise<Page>
  /** Keeps a picture of what the page shows. */
  picture: (page: Page, name: string) => Promise<unknown>
}

const until = async <Found>(
  look: () => Promise<Found | undefined>,
  missing: () => string,
): Promise<Found> => {
  for (const end = Date.now() + patience; Date.now() < end;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((later) => setTimeout(later, 100))
  }
  throw new Error(`${patience / 1000} s passed; ${missing()}`)
}

const createQuestions = (collector: string) => {
  const ask = async <Answer>(path: string) => {
    const response = await fetch(collector + path)
    return response.ok ? ((await response.json()) as Answer) : undefined
  }
  const search = async (query: string) => {
    const found = await ask<{ traces: { traceId: string }[] }>('/api/traces?' + query)
    return found?.traces.map((it) => it.traceId) ?? []
  }
  return {
    ask,
    search,
    newest: (of: string, name: string) =>
      until(
        async () => (await search(`service=${of}&name=${encodeURIComponent(name)}&limit=1`))[0],
        () => `no span "${name}" of ${of}`,
      ),
    traceWhen: (traceId: string, enough: (spans: ReceivedSpan[]) => boolean) => {
      let spans: ReceivedSpan[] = []
      return until(
        async () => {
          const trace = await ask<TracesData>(`/api/traces/${traceId}`)
          spans = trace ? flatten(trace) : []
          return enough(spans) ? spans : undefined
        },
        () => {
          const seen = spans.map((it) => `${service(it)} ${it.name}`)
          return `trace ${traceId} has: ${seen.join(', ') || 'nothing'}`
        },
      )
    },
  }
}

/** Starts demo and browser. */
export const openGround = async (): Promise<Ground> => {
  mkdirSync(artefacts, { recursive: true })
  const data = await mkdtemp(join(tmpdir(), 'lightspan-e2e-'))
  const demo = await run({ collectorPort: 0, shopPort: 0, data, quiet: true })
  const browser = await chromium.launch({ executablePath: findBrowser('chromium'), args: quiet })
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } })
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  return {
    ...demo,
    ...createQuestions(demo.collector),
    page,
    complaints,
    openViewer: async (colorScheme) => {
      const viewport = { width: 1360, height: 860 }
      const viewer = await (await browser.newContext({ colorScheme, viewport })).newPage()
      viewer.setDefaultTimeout(15_000)
      await viewer.goto(demo.viewer)
      return viewer
    },
    picture: (it, name) => it.screenshot({ path: join(artefacts, `${name}.png`) }),
    stop: async () => {
      await browser.close()
      await demo.stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}
