// set-up.mjs: what a fresh clone needs before anything runs: the right Node, dependencies, a build. Each only where due.

// Plain Node without dependencies, in syntax that an old Node still reads, so that it can say it is too old.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url))

const oldestNode = 20

/** Ends the process with a clear message where Node is older than 20. */
export const requireNode = () => {
  if (parseInt(process.versions.node, 10) >= oldestNode) return
  console.error(
    `Lightspan needs Node ${oldestNode} or later; this is Node ${process.versions.node} (${process.execPath}).`,
  )
  process.exit(1)
}

const isFile = (path) => existsSync(join(root, path))

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'))
  } catch {
    return undefined
  }
}

const stampOf = (name) => join(root, 'node_modules/.cache/lightspan', name)

const hasStamp = (name, text) =>
  existsSync(stampOf(name)) && readFileSync(stampOf(name), 'utf8') === text

const putStamp = (name, text) => {
  mkdirSync(join(stampOf(name), '..'), { recursive: true })
  writeFileSync(stampOf(name), text)
}

const hashOf = (paths) => {
  const hash = createHash('sha256')
  for (const path of paths)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
  return hash.digest('hex')
}

// Whoever has run npm himself has no stamp of ours; what npm has put where it notes in node_modules.
const isRecorded = () => {
  const wanted = readJson('package-lock.json')
  const there = readJson('node_modules/.package-lock.json')
  if (!wanted || !there) return false
  return Object.entries(wanted.packages).every(([path, { version, optional, link }]) => {
    if (!path.startsWith('node_modules/')) return true
    const found = there.packages[path]
    if (!found) return optional === true
    return link ? found.link === true : found.version === version
  })
}

const npm = (args) => {
  // Started by `npm start`, its own npm; a bare name needs a shell where npm is npm.cmd.
  const cli = process.env.npm_execpath
  const own = cli && basename(cli) === 'npm-cli.js'
  return own
    ? spawnSync(process.execPath, [cli, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, {
        cwd: root,
        stdio: 'inherit',
        shell: process.platform === 'win32',
      })
}

/**
 * Installs the dependencies, where they are missing or others than package-lock.json names.
 * @param {(line: string) => void} [say] told before anything is done
 * @returns whether anything had to be done
 * @throws where npm fails; it has said why
 */
export const install = (say = console.log) => {
  const lock = hashOf(['package-lock.json'])
  if (hasStamp('installed', lock) || isRecorded()) return false
  say('Installing dependencies …')
  // `ci` empties node_modules first: right for none, slow for a few that changed
  const task = isFile('node_modules') ? ['install', '--no-save'] : ['ci']
  const { status, error } = npm([...task, '--no-audit', '--no-fund', '--loglevel=error'])
  if (error) throw new Error(`npm could not be started: ${error.message}`)
  if (status !== 0) throw new Error(`npm ${task[0]} failed`)
  putStamp('installed', lock)
  return true
}

const built = [
  'dist/index.js',
  'dist/index.d.ts',
  'dist/development.js',
  'dist/lightspan.js',
  'dist/lightspan.development.js',
  'packages/edge/dist/index.js',
  'packages/viewer/dist/index.html',
  'packages/collector/dist/cli.js',
  'packages/demo/dist/worker.js',
]

const filesOf = (folder) =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? filesOf(path) : [path]
  })

const sources = () => {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)
  const folders = ['src', ...packages.map((it) => `${it}/src`)].filter(isFile)
  const single = ['package-lock.json', 'rollup.config.mjs', 'tsconfig.json', 'scripts/build.mjs']
  const builders = packages.map((it) => `${it}/build.mjs`).filter(isFile)
  return [...single, ...builders, ...folders.flatMap(filesOf)].sort()
}

/**
 * Builds all packages, where a source has changed since, or something built is missing.
 * @param {(line: string) => void} [say] told before anything is done
 * @returns whether anything had to be done
 * @throws where the build fails; it has said why
 */
export const build = (say = console.log) => {
  // by content, not by time: a checkout of an older branch has newer times
  const now = hashOf(sources())
  if (built.every(isFile) && hasStamp('built', now)) return false
  say('Building …')
  const { status } = spawnSync(process.execPath, ['scripts/build.mjs'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('the build failed')
  putStamp('built', now)
  return true
}
