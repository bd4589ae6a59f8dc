// browser.ts: one way to drive three engines.

import { openChromium } from './open-chromium.ts'
import { openFirefox } from './open-firefox.ts'
import { openWebKit } from './open-webkit.ts'
import type { Engine } from './find-browsers.ts'
import type { Browser, Tab } from './tab.ts'

export type { Browser, Tab }

const open: Record<Engine, () => Promise<Browser>> = {
  chromium: openChromium,
  firefox: openFirefox,
  webkit: openWebKit,
}

/** Starts an engine. The caller closes it. */
export const openBrowser = (engine: Engine): Promise<Browser> => open[engine]()
