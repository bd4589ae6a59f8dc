// query.mjs: how long the viewer's questions take over a store of so many spans, of one reader at a time.
//
//   node packages/collector/bench/query.mjs [--spans 300000] [--rounds 15] [--cli packages/collector/dist/cli.js]

import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '300000' },
    rounds: { type: 'string', default: '15' },
    cli: { type: 'string', default: fileURLToPath(new URL('../dist/cli.js', import.meta.url)) },
  },
})
const [spans, rounds] = [values.spans, values.rounds].map(Number)

const instrumentationScope = { name: 'bench', version: '1' }
const resources = ['shop-web', 'shop-edge', 'shop-orders'].map((service) => ({
  attributes: { 'service.name': service, 'service.version': '1.2.3' },
}))
const hrTime = (ms) => [Math.floor(ms / 1e3), Math.round((ms % 1e3) * 1e6)]
const ids = { internal: 0, server: 1, client: 2 }

// A page's load with three requests, each through the edge to a service behind it.
const makeTrace = (start) => {
  const traceId = randomBytes(16).toString('hex')
  const trace = []
  const add = (name, service, kind, at, length, parent) => {
    const spanId = randomBytes(8).toString('hex')
    trace.push({
      name,
      kind: ids[kind],
      spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
      parentSpanContext: parent && { traceId, spanId: parent, traceFlags: 1 },
      startTime: hrTime(start + at),
      endTime: hrTime(start + at + length),
      status: { code: trace.length % 50 == 49 ? 2 : 0 },
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'url.full': `https://shop.example/api/orders/${spanId}`,
        'server.address': 'shop.example',
        'server.port': 443,
        'session.id': traceId,
      },
      links: [],
      events: [],
      resource: resources[service],
      instrumentationScope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    })
    return spanId
  }
  const load = add('page load', 0, 'internal', 0, 900)
  for (let n = 0; n < 3; n++) {
    const asked = add('GET', 0, 'client', 100 + n * 200, 150, load)
    const edge = add('GET /api/orders/{id}', 1, 'server', 110 + n * 200, 130, asked)
    const passed = add('GET', 1, 'client', 115 + n * 200, 120, edge)
    add('GET /orders/{id}', 2, 'server', 120 + n * 200, 100, passed)
  }
  return trace
}

const data = await mkdtemp(join(tmpdir(), 'lightspan-bench-'))
const child = spawn(process.execPath, [resolve(values.cli), '--port', '0', '--data', data], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]

try {
  const [line] = await once(createInterface(child.stdout), 'line')
  const url = line.split(' ').at(-1)
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }
  const send = async (group) => {
    const body = gzipSync(ProtobufTraceSerializer.serializeRequest(group))
    for (;;) {
      const { status } = await fetch(url + '/v1/traces', { method: 'POST', headers, body })
      if (status == 200) return
      if (status != 503) throw new Error(`answered ${status}`)
      await new Promise((later) => setTimeout(later, 50))
    }
  }
  // evenly over the last hour, the last of them a few seconds ago
  const count = Math.ceil(spans / 13)
  const now = Date.now()
  let group = []
  let last
  for (let n = 0; n < count; n++) {
    const trace = makeTrace(now - 5000 - ((count - 1 - n) / count) * 3500e3)
    group.push(...trace)
    last = trace[0].spanContext().traceId
    if (group.length >= 1000 || n == count - 1) {
      await send(group)
      group = []
    }
  }
  const waiting = async () =>
    Number(
      /^lightspan_collector_waiting_spans (\d+)$/m.exec(
        await (await fetch(url + '/metrics')).text(),
      )[1],
    )
  while (await waiting()) await new Promise((later) => setTimeout(later, 50))

  const questions = {
    'services, last hour': '/api/services',
    'newest 50 traces, last hour': '/api/traces',
    'newest 50 traces, last 15 minutes': '/api/traces?from=-15m',
    'newest 1000 traces, last hour': '/api/traces?limit=1000',
    'newest 50 traces with an error': '/api/traces?status=error',
    'newest 50 traces of a session': `/api/traces?attribute=session.id%3D${last}`,
    'one trace': `/api/traces/${last}`,
    'routes, last hour': '/api/routes?step=60',
  }
  console.log(`${count * 13} spans in ${count} traces; median (95th percentile) of ${rounds}`)
  for (const [name, path] of Object.entries(questions)) {
    const times = []
    for (let round = 0; round <= rounds; round++) {
      const asked = performance.now()
      const response = await fetch(url + path)
      if (!response.ok) throw new Error(`${path} answered ${response.status}`)
      await response.arrayBuffer()
      if (round) times.push(performance.now() - asked) // the first is to warm up
    }
    times.sort((a, b) => a - b)
    console.log(
      `${name.padEnd(36)}${quantile(times, 0.5).toFixed(1).padStart(8)} (${quantile(times, 0.95).toFixed(1)}) ms`,
    )
  }
} finally {
  child.kill('SIGTERM')
  await once(child, 'exit')
  await rm(data, { recursive: true, force: true })
}
