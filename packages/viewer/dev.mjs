// dev.mjs: the viewer with made-up traces, without a collector.
//
//   node dev.mjs [--port 5173]              serves, and builds anew when a source has changed
//   node dev.mjs --send http://host:4318    sends the same traces to a collector as OTLP/JSON

import { build } from 'esbuild'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { buildIfStale } from './build.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const { values } = parseArgs({
  options: { port: { type: 'string', default: '5173' }, send: { type: 'string' } },
})

// The kit is TypeScript, which the oldest Node we support does not run by itself.
const load = async (file) => {
  const folder = await mkdtemp(join(tmpdir(), 'lightspan-viewer-'))
  const outfile = join(folder, 'kit.mjs')
  await build({
    entryPoints: [join(here, file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  })
  const kit = await import(pathToFileURL(outfile).href)
  await rm(folder, { recursive: true })
  return kit
}

const send = async (url) => {
  const { makeTraces } = await load('test/kit/fixtures.ts')
  for (const data of makeTraces({ now: Date.now() })) {
    const body = JSON.stringify(data)
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(new URL('/v1/traces', url), { method: 'POST', headers, body })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  }
}

if (values.send) await send(values.send)
else {
  const { startDevServer } = await load('test/kit/dev-server.ts')
  const server = await startDevServer({ port: Number(values.port), dist: buildIfStale })
  console.log(`viewer on ${server.url}`)
}
