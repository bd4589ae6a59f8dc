// build.mjs: the collector as files that Node runs, in dist/, with the viewer beside them.

import { build as bundle } from 'esbuild'
import { chmod, cp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

/** Builds into dist/. The viewer must be built before. */
export const build = async () => {
  const dist = join(here, 'dist')
  await rm(dist, { recursive: true, force: true })
  await bundle({
    entryPoints: {
      cli: join(here, 'src/cli.ts'),
      'store-worker': join(here, 'src/store/store-worker.ts'),
    },
    outdir: dist,
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
  await chmod(join(dist, 'cli.js'), 0o755)
  await cp(join(here, '../viewer/dist'), join(dist, 'viewer'), { recursive: true })
  return dist
}

if (import.meta.url == pathToFileURL(process.argv[1] ?? '').href) await build()
