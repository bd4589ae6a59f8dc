// find-browsers.ts: the three engines, and where they are on this machine.

import { findProgram } from '../../scripts/browsers.mjs'

/** The engines that behaviour is tested in. */
export const engines = ['chromium', 'firefox', 'webkit'] as const
export type Engine = (typeof engines)[number]

/**
 * The executable of an engine (for WebKitGTK, its driver).
 * @throws an error with the command that installs it, where it is missing.
 */
export const findBrowser = (engine: Engine): string => findProgram(engine)

/** WebKitGTK's browser for tests, which its driver does not find by itself. */
export const findMiniBrowser = (): string => findProgram('minibrowser')

/** The virtual display that WebKitGTK draws on. */
export const findDisplay = (): string => findProgram('xvfb')

/** Chromium's own driver, which turns off less than others do. */
export const findChromeDriver = (): string => findProgram('chromedriver')
