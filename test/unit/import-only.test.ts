// Importing Lightspan does nothing, and starting it where there is no page does nothing either: in real runtimes.

import { build } from 'esbuild'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { binaries } from '../../packages/edge/test/kit/runtimes.ts'
import { root } from '../kit/run-tool.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lightspan-import-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const bundle = async (name: string, door = 'index') => {
  const outfile = join(folder, `${name}-${door}.mjs`)
  await build({
    entryPoints: [join(root, `test/import-only/${name}.mjs`)],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: name == 'react' || name == 'vue' ? 'node' : 'neutral',
    mainFields: ['module', 'main'],
    define: { 'process.env.NODE_ENV': '"production"' },
    // of packages in CommonJS that require what Node has
    ...(name == 'react' && {
      banner: {
        js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)`,
      },
    }),
    alias: { lightspan: join(root, `src/${door}.ts`) },
    logLevel: 'error',
  })
  return outfile
}

const run = async (program: string, args: readonly string[]) => {
  const env = { ...process.env, NO_COLOR: '1', DENO_DIR: folder }
  const { stdout, stderr } = await promisify(execFile)(program, args, { env })
  const line = (stdout + stderr).split('\n').find((it) => it.includes('{'))
  return JSON.parse((line ?? '').replace(/^[^{]*/, '')) as unknown
}

const config = (name: string) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "${name}", esModule = embed "${name}")],
    compatibilityDate = "2026-07-01",
  ))],
);
`

const runtimes: Record<string, () => Promise<unknown>> = {
  Node: async () => run(binaries.node(), [await bundle('print')]),
  Deno: async () =>
    run(binaries.deno(), ['run', '--no-prompt', '--no-config', await bundle('print')]),
  Bun: async () => run(binaries.bun(), [await bundle('print')]),
  'Node, with warnings,': async () => run(binaries.node(), [await bundle('print', 'development')]),
  workerd: async () => {
    await bundle('worker')
    const file = join(folder, 'config.capnp')
    await writeFile(file, config('worker-index.mjs'))
    return run(binaries.workerd(), ['test', file, '--verbose'])
  },
}

describe('in', () => {
  test.each(Object.keys(runtimes))(
    '%s it changes nothing, calls nothing, and gives handles that work',
    async (name) => {
      const used = ['render', 'cart', '-02', null]
      expect(await runtimes[name]!()).toEqual({
        instrumentations: expect.any(Number) as number,
        atImport: [],
        after: [],
        used: [used, used],
      })
    },
  )
})

describe('rendered on a server by', () => {
  test.each(['react', 'vue'])(
    '%s it changes nothing, neither there nor in the page',
    async (name) =>
      expect(await run(binaries.node(), [await bundle(name)])).toEqual({
        html: '<p id="shop"><b>42</b></p>',
        changes: [],
        calls: [],
      }),
  )
})
