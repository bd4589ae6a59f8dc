// open-firefox.ts: Firefox over WebDriver BiDi, driven by Puppeteer's core (no geckodriver needed).

import puppeteer from 'puppeteer-core'
import type { Browser, Tab } from './tab.ts'
import { asExpression } from './expression.ts'
import { findBrowser } from './find-browsers.ts'

/** Starts Firefox. */
export const openFirefox = async (): Promise<Browser> => {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: findBrowser('firefox'),
    headless: true,
  })
  const tab = async (): Promise<Tab> => {
    const page = await browser.newPage()
    page.setDefaultTimeout(10_000)
    // a background tab is hidden already: it would never say that it goes
    await page.bringToFront()
    return {
      go: async (url) => void (await page.goto(url)),
      run: (work, ...args) => page.evaluate(asExpression(work, args)) as Promise<never>,
      click: (selector) => page.click(selector),
      press: async (selector, key) => {
        await page.focus(selector)
        await page.keyboard.press(key as 'Enter')
      },
      shut: () => page.close(),
      beside: tab,
      close: async () => {
        if (!page.isClosed()) await page.close()
      },
    }
  }
  return { engine: 'firefox', tab, close: () => browser.close() }
}
