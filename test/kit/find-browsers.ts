// find-browsers.ts: where the three engines are on this machine, or how to get them.

import { existsSync, readdirSync } from 'node:fs'

/** The engines that behaviour is tested in. */
export const engines = ['chromium', 'firefox', 'webkit'] as const
export type Engine = (typeof engines)[number]

interface Place {
  variable: string
  names: readonly string[]
  packages: string
}

const places: Record<Engine, Place> = {
  chromium: {
    variable: 'LIGHTSPAN_CHROMIUM',
    names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    packages: 'chromium',
  },
  firefox: {
    variable: 'LIGHTSPAN_FIREFOX',
    names: ['firefox-esr', 'firefox'],
    packages: 'firefox-esr',
  },
  webkit: {
    variable: 'LIGHTSPAN_WEBKIT_DRIVER',
    names: ['WebKitWebDriver'],
    packages: 'webkit2gtk-driver xvfb',
  },
}

const onPath = (names: readonly string[]): string | undefined =>
  names
    .flatMap((name) => (process.env['PATH'] ?? '').split(':').map((folder) => `${folder}/${name}`))
    .find((file) => existsSync(file))

/**
 * The executable of an engine (for WebKitGTK, its driver).
 * @throws an error with the command that installs it, where it is missing.
 */
export const findBrowser = (engine: Engine): string => {
  const { variable, names, packages } = places[engine]
  const found = process.env[variable] || onPath(names)
  if (found && existsSync(found)) return found
  throw new Error(
    `${engine} was not found${found ? ` at ${found}` : ''}. On Debian: apt-get install -y ${packages}. ` +
      `Elsewhere: set ${variable} to its executable.`,
  )
}

/** WebKitGTK's browser for tests, which its driver does not find by itself. */
export const findMiniBrowser = (): string => {
  const found = readdirSync('/usr/lib')
    .flatMap((folder) =>
      ['4.1', '4.0'].map((it) => `/usr/lib/${folder}/webkit2gtk-${it}/MiniBrowser`),
    )
    .find((file) => existsSync(file))
  if (found) return found
  throw new Error('MiniBrowser was not found. On Debian: apt-get install -y webkit2gtk-driver')
}
