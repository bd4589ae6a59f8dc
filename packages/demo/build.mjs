// build.mjs: the shop in dist/: the page's files, the worker, the services.

import { build as bundle } from 'esbuild'
import { cp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, 'dist')
const from = (...path) => join(here, 'src', ...path)

const common = {
  bundle: true,
  format: 'esm',
  sourcemap: true,
  logLevel: 'warning',
  // the root's `paths` lead to sources; a shop uses the packages as they are published
  tsconfigRaw: {},
}

const page = (outdir) =>
  bundle({
    ...common,
    entryPoints: { main: from('page/main.ts'), style: from('page/style/main.css') },
    outdir,
    target: ['chrome111', 'firefox114', 'safari16.4'],
    loader: { '.woff2': 'file' },
    assetNames: '[name]',
    publicPath: '/assets',
    minify: true,
  })

const worker = (outdir) =>
  bundle({
    ...common,
    entryPoints: { worker: from('edge/worker.ts') },
    outdir,
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*'],
  })

const services = (outdir) =>
  bundle({
    ...common,
    entryPoints: ['tracing', 'orders', 'payments'].map((it) => from('services', it + '.ts')),
    outdir,
    target: 'node20',
    platform: 'node',
    packages: 'external',
  })

/** Builds into dist/. `lightspan` and `@lightspan/edge` must be built before. */
export const build = async () => {
  const next = `${dist}.${process.pid}`
  await rm(next, { recursive: true, force: true })
  await Promise.all([page(join(next, 'assets')), worker(next), services(join(next, 'services'))])
  await cp(join(here, '../../dist/lightspan.js'), join(next, 'assets/lightspan.js'))
  await rm(dist, { recursive: true, force: true })
  await rename(next, dist)
  return dist
}

if (import.meta.url == pathToFileURL(process.argv[1] ?? '').href) await build()
