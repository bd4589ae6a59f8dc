// open-webkit.ts: WebKitGTK's MiniBrowser over plain W3C WebDriver calls, on a display of its own.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Browser } from './tab.ts'
import { findBrowser, findDisplay, findMiniBrowser } from './find-browsers.ts'
import { startDriver, stopProcess } from './webdriver.ts'

// The driver never answers without a display, and Xvfb says on this descriptor which one it is.
const startDisplay = async () => {
  const display = spawn(findDisplay(), ['-displayfd', '3', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const failed = once(display, 'error').then(([error]) => {
    throw new Error(`Xvfb did not start: ${String(error)}`)
  })
  const [number] = (await Promise.race([once(display.stdio[3] as Readable, 'data'), failed])) as [
    Buffer,
  ]
  return { display, name: `:${number.toString().trim()}` }
}

/** Starts a display and the driver. Each tab is a browser of its own: the driver has one session. */
export const openWebKit = async (): Promise<Browser> => {
  const { display, name } = await startDisplay()
  const { tab, close } = await startDriver(
    findBrowser('webkit'),
    ['--host=127.0.0.1'],
    { 'webkitgtk:browserOptions': { binary: findMiniBrowser(), args: ['--automation'] } },
    { DISPLAY: name, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1' },
  )
  return {
    engine: 'webkit',
    tab,
    close: async () => {
      await close()
      await stopProcess(display)
    },
  }
}
