// build.mjs: the collector as files that Node runs, in dist/, with the viewer beside them.

import { build as bundle } from 'esbuild'
import { chmod, cp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

/** Builds into dist/. The viewer must be built before. */
export const build = async () => {
  const dist = join(here, 'dist')
  // Aside, and then in its place at once: a collector that starts meanwhile finds the one or the other.
  const fresh = join(here, 'dist.new')
  const old = join(here, 'dist.old')
  await rm(fresh, { recursive: true, force: true })
  await bundle({
    entryPoints: {
      cli: join(here, 'src/cli.ts'),
      'store-worker': join(here, 'src/store/store-worker.ts'),
    },
    outdir: fresh,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    // dependencies stay what npm installed; only our own sources, lightspan/wire among them, go in
    external: ['@duckdb/node-api', '@fastify/static', 'commander', 'fastify', 'prom-client', 'zod'],
    banner: { js: '#!/usr/bin/env node' },
    logLevel: 'warning',
  })
  await chmod(join(fresh, 'cli.js'), 0o755)
  await cp(join(here, '../viewer/dist'), join(fresh, 'viewer'), { recursive: true })
  await rm(old, { recursive: true, force: true })
  await rename(dist, old).catch(() => {})
  await rename(fresh, dist)
  await rm(old, { recursive: true, force: true })
  return dist
}

if (import.meta.url == pathToFileURL(process.argv[1] ?? '').href) await build()
