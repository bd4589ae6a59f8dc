// browsers.d.mts: types of browsers.mjs, for the tests.

/** A program that tests start: an engine's executable or driver, or the display that WebKitGTK needs. */
export type Program = 'chromium' | 'chromedriver' | 'firefox' | 'webkit' | 'minibrowser' | 'xvfb'

/**
 * Its executable.
 * @throws an error that says how to get it, where it is missing.
 */
export const findProgram: (name: Program) => string

/**
 * Sees to it that all engines are there. Returns whether anything had to be done.
 * @throws an error with the command to run, where this process may not.
 */
export const installBrowsers: (say?: (line: string) => void) => boolean
