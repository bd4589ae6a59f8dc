// in-browsers.ts: the frame of a test that runs in every engine: a browser, a tab, a site.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import { breaches } from './conventions.ts'
import { openBrowser, type Browser, type Tab } from './browser.ts'
import { engines, type Engine } from './find-browsers.ts'
import type { ReceivedSpan } from './received.ts'
import { startSite, type Site } from './site.ts'

/** What the pages of these tests hold; for use inside `tab.run`. */
export interface PageGlobals {
  lightspan: typeof import('lightspan') & import('lightspan').Lightspan
  /** Errors and rejections that nobody caught. */
  errors: string[]
  /** Anything a test wants to keep between two runs. */
  kept: Record<string, unknown>
}

/** What a test gets. */
export interface Ground {
  engine: Engine
  site: Site
  tab: Tab
  /** Opens a page with the script; nothing is started yet. Returns its address. */
  open: (body?: string, headers?: Record<string, string>) => Promise<string>
  /**
   * Starts the named instrumentations in the page. Each span is sent as soon as it has ended, so that
   * no test waits for the batch timer, unless `hurried` is false.
   */
  start: (
    names: readonly string[],
    options?: Record<string, unknown>,
    hurried?: boolean,
  ) => Promise<void>
  /** Waits for a span that meets all of `wanted`. */
  find: (wanted: Partial<ReceivedSpan> | ((span: ReceivedSpan) => boolean)) => Promise<ReceivedSpan>
  /** Waits until `work` says so in whatever page the tab shows by then; at most 10 s. */
  until: (work: () => unknown) => Promise<void>
  /** Sends what the page holds. */
  flush: () => Promise<void>
}

const head = `<script>errors = []; kept = {};
addEventListener('error', ({ message }) => message && errors.push(message));
addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)))</script>
<script src="/lightspan.js"></script>`

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

const createGround = (engine: Engine, site: Site, tab: Tab): Ground => {
  const flush = () => tab.run(() => window.tracing.flush())
  return {
    engine,
    site,
    tab,
    flush,
    until: async (work) => {
      const deadline = Date.now() + 10_000
      // a page that goes away while it is asked is asked again
      while (!(await tab.run(work).catch(() => false))) {
        if (Date.now() > deadline) throw new Error(`10 s passed without ${work.toString()}`)
        await new Promise((later) => setTimeout(later, 50))
      }
    },
    open: async (body = '', headers = {}) => {
      const address = site.page('/', head + body, headers)
      await tab.go(address)
      return address
    },
    start: (names, options = {}, hurried = true) =>
      tab.run(
        (list: readonly string[], more: object, hurry: boolean) => {
          const make = window.lightspan as unknown as Record<
            string,
            () => import('lightspan').Instrumentation
          >
          window.tracing = window.lightspan.start({
            instrumentations: list.map((name) => make[name]!()),
            service: 'page',
            url: '/v1/spans',
            beforeSend: (span) => {
              if (hurry) setTimeout(() => void window.tracing.flush())
              return span
            },
            ...more,
          })
        },
        names,
        options,
        hurried,
      ),
    find: async (wanted) => {
      const matches =
        typeof wanted == 'function'
          ? wanted
          : (span: ReceivedSpan) =>
              Object.entries(wanted).every(([key, value]) => span[key as 'name'] === value)
      return (await site.until((all) => all.some(matches))).find(matches)!
    },
  }
}

// One of each engine for all of a file: to start one takes seconds.
const browsers = new Map<Engine, Promise<Browser>>()
afterAll(() => Promise.all([...browsers.values()].map(async (it) => (await it).close())))
const browserOf = (engine: Engine) => {
  const browser = browsers.get(engine) ?? openBrowser(engine)
  browsers.set(engine, browser)
  return browser
}

/** Describes behaviour in each engine; a page that reported an error of ours fails its test. */
export const describeInBrowsers = (
  title: string,
  tests: (ground: () => Ground, engine: Engine) => void,
  { tolerate = false, only = engines }: { tolerate?: boolean; only?: readonly Engine[] } = {},
) =>
  describe.each(only)(`${title} in %s`, (engine) => {
    let browser: Browser
    let ground: Ground | undefined
    beforeAll(async () => {
      browser = await browserOf(engine)
    }, 60_000)
    beforeEach(async () => {
      const [site, tab] = await Promise.all([startSite(), browser.tab()])
      ground = createGround(engine, site, tab)
    })
    afterEach(async () => {
      const { tab, site } = ground!
      const errors = tolerate ? [] : await tab.run(() => window.errors ?? [])
      await tab.close()
      await site.close()
      expect(errors).toEqual([])
      expect(breaches(site.spans())).toEqual([])
    })
    tests(() => ground!, engine)
  })
