// serve-worker.mjs: the edge worker in workerd, the runtime of Cloudflare Workers; stands between it and the parent, to end it.

import { spawn } from 'node:child_process'
import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const { default: workerd } = createRequire(import.meta.url)('workerd')
const [port] = process.argv.slice(2)
const { COLLECTOR, ORDERS } = process.env
const dist = fileURLToPath(new URL('../dist/', import.meta.url))

// A copy, so that a build meanwhile takes nothing away from a running shop.
const folder = mkdtempSync(join(tmpdir(), 'lightspan-shop-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
copyFileSync(join(dist, 'worker.js'), join(folder, 'worker.js'))
cpSync(join(dist, 'assets'), join(folder, 'files/assets'), { recursive: true })

// A text in Cap'n Proto is written as one in JSON is.
const text = JSON.stringify

writeFileSync(
  join(folder, 'shop.capnp'),
  `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    (name = "assets", disk = ${text(join(folder, 'files'))}),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = ${text(`127.0.0.1:${port}`)}, http = (), service = "edge")],
);
const edge :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  bindings = [
    (name = "ASSETS", service = "assets"),
    (name = "COLLECTOR", text = ${text(COLLECTOR)}),
    (name = "ORDERS", text = ${text(ORDERS)}),
  ],
);
`,
)

const child = spawn(workerd, ['serve', join(folder, 'shop.capnp'), '--control-fd=3'], {
  stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
})
createInterface(child.stdio[3]).on('line', (line) => {
  const { event, port } = JSON.parse(line)
  if (event == 'listen') process.send?.({ url: `http://127.0.0.1:${port}` })
})
child.on('error', (error) => {
  console.error(`workerd could not be started: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => process.exit(signal == 'SIGTERM' ? 0 : (code ?? 1)))
process.on('SIGTERM', () => child.kill('SIGTERM'))
