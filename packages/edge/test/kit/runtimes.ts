// runtimes.ts: starts the story in real runtimes, each in a process of its own.

import { build } from 'esbuild'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { arch, platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Servers } from './story-worker.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const require = createRequire(import.meta.url)

/** A story that is being served. */
export interface Running {
  url: string
  /** What it has said on stderr so far. */
  complaints: () => string
  stop: () => Promise<void>
}

/** What a runtime can do, and how to start it. */
export interface Runtime {
  name: string
  /** Keeps context across `await`. */
  context: boolean
  start: (servers: Servers) => Promise<Running>
}

// Binaries come in optional packages, one for each platform; the wrappers' install scripts may have run, and have
// moved them, or not.
const binary = (...places: readonly [packageName: string, file: string][]): string => {
  for (const [packageName, file] of places)
    try {
      const found = join(require.resolve(`${packageName}/package.json`), '..', file)
      if (existsSync(found)) return found
    } catch {
      // says the error below
    }
  throw new Error(`${places[0]?.[0]} is not installed: run npm install --include=optional`)
}

const cpu = arch() == 'arm64' ? 'aarch64' : 'x64'
const libc = platform() == 'linux' ? '-glibc' : ''
/** The executable of each runtime. */
export const binaries = {
  workerd: () =>
    binary([
      `@cloudflare/workerd-${platform()}-${arch() == 'arm64' ? 'arm64' : '64'}`,
      'bin/workerd',
    ]),
  deno: () => binary([`@deno/${platform()}-${arch()}${libc}`, 'deno'], ['deno', 'deno']),
  bun: () => binary([`@oven/bun-${platform()}-${cpu}`, 'bin/bun'], ['bun', 'bin/bun.exe']),
  node: () => process.execPath,
}

const bundle = async (entry: string, outfile: string) => {
  await build({
    entryPoints: [at(entry)],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: entry.includes('node') ? 'node' : 'neutral',
    external: ['node:*', 'cloudflare:*'],
    alias: {
      '@lightspan/edge': at('../../src/index.ts'),
      'lightspan/core': at('../../../../src/core.ts'),
      'lightspan/wire': at('../../../../src/wire.ts'),
    },
    logLevel: 'error',
  })
}

const listen = async (
  child: ChildProcess,
  stream: Readable,
  port: (line: string) => string | undefined,
  clean: () => Promise<void>,
): Promise<Running> => {
  let complaints = ''
  child.stderr!.on('data', (text: Buffer) => (complaints += text.toString()))
  const exit = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGKILL')
    await exit
    await clean()
  }
  const lines = createInterface(stream)
  const found = new Promise<string>((resolve) =>
    lines.on('line', (line) => {
      const it = port(line)
      if (it) resolve(it)
    }),
  )
  const first = await Promise.race([found, exit.then(() => undefined)])
  if (first) return { url: `http://127.0.0.1:${first}`, complaints: () => complaints, stop }
  await clean()
  throw new Error(`${child.spawnargs.join(' ')} did not start: ${complaints}`)
}

const startScript =
  (name: 'deno' | 'bun' | 'node', args: string[]) =>
  async (servers: Servers): Promise<Running> => {
    const folder = await mkdtemp(join(tmpdir(), `lightspan-${name}-`))
    const file = join(folder, 'story.mjs')
    await bundle(`./entry-${name}.ts`, file)
    const child = spawn(binaries[name](), [...args, file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SERVERS: JSON.stringify(servers), NO_COLOR: '1', DENO_DIR: folder },
    })
    const port = (line: string) => /^listening (\d+)$/.exec(line)?.[1]
    const clean = () => rm(folder, { recursive: true, force: true })
    return listen(child, child.stdout, port, clean)
  }

// The worker, a second one behind a binding, and the way out to loopback.
const config = (date: string, flags: readonly string[], servers: Servers) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "story", worker = (
      modules = [(name = "story.mjs", esModule = embed "story.mjs")],
      compatibilityDate = "${date}",
      compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(', ')}],
      bindings = [
        (name = "SERVERS", text = ${JSON.stringify(JSON.stringify(servers))}),
        (name = "ORDERS", service = "orders"),
      ],
    )),
    (name = "orders", worker = (
      modules = [(name = "orders.mjs", esModule = embed "orders.mjs")],
      compatibilityDate = "2026-07-01",
    )),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "story")],
);
`

const orders = `export default {
  fetch: async (request) => Response.json({
    method: request.method, url: request.url, body: await request.text(), headers: Object.fromEntries(request.headers),
  }),
}`

const startWorkerd =
  (date: string, flags: readonly string[] = []) =>
  async (servers: Servers): Promise<Running> => {
    const folder = await mkdtemp(join(tmpdir(), 'lightspan-workerd-'))
    await bundle('./entry-workerd.ts', join(folder, 'story.mjs'))
    await writeFile(join(folder, 'orders.mjs'), orders)
    await writeFile(join(folder, 'config.capnp'), config(date, flags, servers))
    const args = ['serve', '--control-fd=3', join(folder, 'config.capnp')]
    const child = spawn(binaries.workerd(), args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
    const port = (line: string) => {
      const { event, port } = JSON.parse(line) as { event: string; port?: number }
      return event == 'listen' ? `${port}` : undefined
    }
    const clean = () => rm(folder, { recursive: true, force: true })
    return listen(child, child.stdio[3] as Readable, port, clean)
  }

/** Everywhere that the story is told. */
export const runtimes: readonly Runtime[] = [
  { name: 'workerd', context: true, start: startWorkerd('2026-11-01') },
  {
    name: 'workerd with nodejs_compat',
    context: true,
    start: startWorkerd('2026-01-01', ['nodejs_compat']),
  },
  { name: 'workerd without context', context: false, start: startWorkerd('2026-01-01') },
  { name: 'Node', context: true, start: startScript('node', []) },
  {
    name: 'Deno',
    context: true,
    start: startScript('deno', ['run', '--no-prompt', '--no-config', '--allow-net', '--allow-env']),
  },
  { name: 'Bun', context: true, start: startScript('bun', []) },
]
