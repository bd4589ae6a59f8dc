// open-chromium.ts: Chromium, driven by Playwright's core.

import { chromium, type BrowserContext } from 'playwright-core'
import type { Browser, Tab } from './tab.ts'
import { asExpression } from './expression.ts'
import { findBrowser } from './find-browsers.ts'

/** Switches that keep Chromium to itself: no sandbox (root), no network of its own. */
export const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const open = async (context: BrowserContext): Promise<Tab> => {
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  return {
    go: async (url) => void (await page.goto(url)),
    run: (work, ...args) => page.evaluate(asExpression(work, args)),
    click: (selector) => page.click(selector),
    press: (selector, key) => page.press(selector, key),
    shut: () => page.close(),
    beside: () => open(context),
    // neither resolves nor rejects when the renderer is gone
    crash: () =>
      new Promise((crashed) => {
        page.once('crash', () => crashed())
        page.goto('chrome://crash').catch(() => {})
      }),
    close: () => context.close(),
  }
}

/** Starts Chromium. */
export const openChromium = async (): Promise<Browser> => {
  const browser = await chromium.launch({
    executablePath: findBrowser('chromium'),
    args: quiet,
    // users have one
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
  return {
    engine: 'chromium',
    tab: async () => open(await browser.newContext()),
    close: () => browser.close(),
  }
}
