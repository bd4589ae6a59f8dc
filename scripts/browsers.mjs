// browsers.mjs: where the three engines are on this machine, and how they get there.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'

const onPath = (names) =>
  names
    .flatMap((name) => (process.env.PATH ?? '').split(':').map((folder) => `${folder}/${name}`))
    .find((file) => existsSync(file))

// WebKitGTK's browser for tests, which its driver does not find by itself.
const miniBrowser = () =>
  !existsSync('/usr/lib')
    ? undefined
    : readdirSync('/usr/lib')
        .flatMap((folder) =>
          ['4.1', '4.0'].map((it) => `/usr/lib/${folder}/webkit2gtk-${it}/MiniBrowser`),
        )
        .find((file) => existsSync(file))

/** Every program that the tests start: the variable that names it, else how to find it; its Debian packages. */
const programs = {
  chromium: {
    variable: 'LIGHTSPAN_CHROMIUM',
    find: () => onPath(['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']),
    packages: ['chromium', 'fonts-liberation'],
  },
  chromedriver: {
    variable: 'LIGHTSPAN_CHROMEDRIVER',
    find: () => onPath(['chromedriver']),
    packages: ['chromium-driver'],
  },
  firefox: {
    variable: 'LIGHTSPAN_FIREFOX',
    find: () => onPath(['firefox-esr', 'firefox']),
    packages: ['firefox-esr'],
  },
  webkit: {
    variable: 'LIGHTSPAN_WEBKIT_DRIVER',
    find: () => onPath(['WebKitWebDriver']),
    packages: ['webkit2gtk-driver'],
  },
  minibrowser: {
    variable: 'LIGHTSPAN_MINIBROWSER',
    find: miniBrowser,
    packages: ['webkit2gtk-driver'],
  },
  xvfb: {
    variable: 'LIGHTSPAN_XVFB',
    find: () => onPath(['Xvfb']),
    packages: ['xvfb'],
  },
}

const look = (name) => {
  const { variable, find } = programs[name]
  const said = process.env[variable]
  if (said && !existsSync(said)) throw new Error(`${variable} names ${said}, which does not exist.`)
  return said || find()
}

const install = (names) =>
  `apt-get install -y --no-install-recommends ${[...new Set(names.flatMap((it) => programs[it].packages))].join(' ')}`

const advice = (names) =>
  `On Debian, run as root:\n\n    apt-get update && ${install(names)}\n\n` +
  `Elsewhere, set ${names.map((it) => programs[it].variable).join(', ')} to what you have.`

/**
 * The executable of a program that tests start.
 * @throws an error that says how to get it, where it is missing.
 */
export const findProgram = (name) => {
  const found = look(name)
  if (found) return found
  throw new Error(`${name} was not found. ${advice([name])}`)
}

// Root installs; others may be allowed to without being asked for a password.
const asRoot = () => {
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
    ? ['sudo', '-n']
    : undefined
}

const apt = (prefix, command) => {
  const [file, ...args] = [
    ...prefix,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    ...command.split(' '),
    '-qq',
    '-o=Dpkg::Use-Pty=0',
  ]
  // What apt says is of interest only where it fails.
  const { status, stdout, stderr } = spawnSync(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (status !== 0) throw new Error(`${command} failed:\n${stdout ?? ''}${stderr ?? ''}`)
}

/**
 * Sees to it that all engines are there, from Debian where they are missing and that is possible.
 * @param {(line: string) => void} [say] told before anything is done
 * @returns whether anything had to be done
 * @throws an error with the command to run, where this process may not.
 */
export const installBrowsers = (say = console.log) => {
  const missing = Object.keys(programs).filter((name) => !look(name))
  if (!missing.length) return false
  const prefix = onPath(['apt-get']) && asRoot()
  if (!prefix) throw new Error(`The tests need ${missing.join(', ')}. ${advice(missing)}`)
  say(`Installing ${missing.join(', ')} from Debian …`)
  apt(prefix, 'apt-get update')
  apt(prefix, install(missing))
  missing.forEach(findProgram)
  return true
}
