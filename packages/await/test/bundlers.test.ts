// The plugin in six bundlers: what they build runs in real browsers, and links click and request.

import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as esbuild } from 'esbuild'
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as keepContext from '../dist/plugin.js'
import { describeInBrowsers } from '../../../test/kit/in-browsers.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const shop = at('fixtures/shop/main.js')
const react = at('fixtures/react/main.jsx')

interface Built {
  code: string
  map: string
}
type Build = (folder: string) => Promise<void>

const viteBuild =
  (entry: string): Build =>
  async (outDir) => {
    const { build } = await import('vite')
    await build({
      configFile: false,
      logLevel: 'error',
      root: at('fixtures'),
      plugins: [keepContext.vite()],
      define: { 'process.env.NODE_ENV': '"production"' },
      build: {
        outDir,
        emptyOutDir: true,
        sourcemap: true,
        lib: { entry, formats: ['iife'], name: 'app', fileName: () => 'app.js' },
      },
    })
  }

const compile = (compiler: typeof import('webpack'), plugin: unknown, folder: string) =>
  new Promise<void>((resolve, reject) =>
    compiler(
      {
        mode: 'production',
        entry: shop,
        devtool: 'source-map',
        output: { path: folder, filename: 'app.js' },
        plugins: [plugin as never],
      },
      (error, stats) =>
        error || stats?.hasErrors()
          ? reject(error ?? new Error(stats!.toString('errors-only')))
          : resolve(),
    ),
  )

const builds: Record<string, Build> = {
  'vite, a React application': viteBuild(react),
  vite: viteBuild(shop),
  webpack: async (folder) =>
    compile((await import('webpack')).default as never, keepContext.webpack(), folder),
  rspack: async (folder) =>
    compile((await import('@rspack/core')).rspack as never, keepContext.rspack(), folder),
  rolldown: async (folder) => {
    const { rolldown } = await import('rolldown')
    const bundle = await rolldown({ input: shop, plugins: [keepContext.rolldown()] })
    await bundle.write({ file: join(folder, 'app.js'), format: 'iife', sourcemap: true })
  },
  rollup: async (folder) => {
    const { rollup } = await import('rollup')
    const bundle = await rollup({
      input: at('fixtures/shop/only-modules.js'),
      plugins: [keepContext.rollup()],
    })
    await bundle.write({ file: join(folder, 'app.js'), format: 'iife', sourcemap: true })
  },
  esbuild: async (folder) => {
    await esbuild({
      entryPoints: [react],
      jsx: 'automatic',
      outfile: join(folder, 'app.js'),
      bundle: true,
      format: 'iife',
      sourcemap: true,
      define: { 'process.env.NODE_ENV': '"production"' },
      plugins: [keepContext.esbuild()],
    })
  },
}

const built: Record<string, Built> = {}
beforeAll(async () => {
  const mode = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production' // what Vite compiles JSX for
  for (const [name, build] of Object.entries(builds)) {
    const folder = await mkdtemp(join(tmpdir(), 'lightspan-build-'))
    await build(folder)
    const files = await readdir(folder)
    const read = (end: string) =>
      readFile(
        join(
          folder,
          files.find((it) => it.endsWith(end))!,
        ),
        'utf8',
      )
    built[name] = { code: await read('app.js'), map: await read('.map') }
    await rm(folder, { recursive: true })
  }
  process.env['NODE_ENV'] = mode
}, 120_000)
afterAll(() => Object.keys(built).forEach((it) => delete built[it]))

test.each(Object.keys(builds))('%s maps its output back to what was written', async (name) => {
  const { code, map } = built[name]!
  const lines = code.split('\n')
  const line = lines.findIndex((it) => it.includes('/api/200?saved'))
  const column = lines[line]!.indexOf('/api/200?saved')
  const found = originalPositionFor(new TraceMap(map), { line: line + 1, column })
  expect(found.source).toMatch(/save\.ts$|buy\.cjs$|only-modules\.js$/)
  const source = await readFile(
    at(`fixtures/${found.source!.endsWith('.ts') ? 'react' : 'shop'}/${basename(found.source!)}`),
    'utf8',
  )
  expect(source.split('\n')[found.line! - 1]).toContain('/api/200?saved')
})

describeInBrowsers('an application built with the plugin', (ground) => {
  test.each(Object.keys(builds))('by %s: the request is the child of its click', async (name) => {
    const { open, start, find, tab } = ground()
    await open(
      `<div id=app>${name.includes('React') || name == 'esbuild' ? '' : '<button id=go>buy</button>'}</div>`,
    )
    await start(['interactionSpans', 'fetchSpans'])
    await tab.run((code: string) => {
      const script = document.createElement('script')
      script.textContent = code
      document.body.append(script)
    }, built[name]!.code)
    await tab.run(async () => {
      while (!document.querySelector('#go')) await new Promise((later) => setTimeout(later, 5))
    })
    await tab.click('#go')
    const request = await find({ name: 'GET' })
    const click = await find({ name: 'click button#go' })
    expect(request.traceId).toBe(click.traceId)
    expect(request.parentSpanId).toBe(click.spanId)
    expect(await tab.run(() => document.querySelector('#go')!.textContent)).toBe('saved 200')
  })
})
