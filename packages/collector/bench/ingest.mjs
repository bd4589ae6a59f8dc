// ingest.mjs: how much a collector takes: OTLP protobuf, gzip, over loopback, into a folder of its own.
//
//   node packages/collector/bench/ingest.mjs [--spans 200000] [--batch 100] [--writers 8]

import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '200000' },
    batch: { type: 'string', default: '100' },
    writers: { type: 'string', default: '8' },
  },
})
const [spans, batch, writers] = [values.spans, values.batch, values.writers].map(Number)

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const resource = { attributes: { 'service.name': 'bench', 'service.version': '1.2.3' } }
const instrumentationScope = { name: '@opentelemetry/instrumentation-http', version: '0.223.0' }
const routes = ['/', '/products', '/products/{id}', '/cart', '/checkout', '/api/orders/{id}']
const hrTime = (ms) => [Math.floor(ms / 1e3), Math.round((ms % 1e3) * 1e6)]

/** A server span as an HTTP framework makes it, about 700 bytes of protobuf. */
const makeSpan = (at, traceId, parent) => {
  const route = routes[at % routes.length]
  const start = Date.now() - 60_000 + at * 0.05
  const spanId = randomBytes(8).toString('hex')
  return {
    name: `GET ${route}`,
    kind: 1,
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
    parentSpanContext: parent && { traceId, spanId: parent, traceFlags: 1 },
    startTime: hrTime(start),
    endTime: hrTime(start + (at % 97) + 0.25),
    status: { code: at % 50 ? 0 : 2 },
    attributes: {
      'http.request.method': 'GET',
      'http.route': route,
      'http.response.status_code': at % 50 ? 200 : 500,
      'url.full': `https://shop.example${route}?item=${at}&visitor=${spanId}`,
      'url.path': route,
      'url.scheme': 'https',
      'server.address': 'shop.example',
      'server.port': 443,
      'client.address': `10.0.${at % 250}.${(at * 7) % 250}`,
      'user_agent.original':
        'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'network.protocol.version': '1.1',
      'shop.cart.value': (at % 1000) / 8,
    },
    links: [],
    events: [],
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

const makeBodies = () => {
  const bodies = []
  let plain = 0
  for (let at = 0; at < spans; at += batch) {
    const group = []
    for (let n = at; n < Math.min(at + batch, spans); n += 10) {
      const traceId = randomBytes(16).toString('hex')
      for (let m = n; m < Math.min(n + 10, spans); m++)
        group.push(makeSpan(m, traceId, group.at(-1)?.spanContext().spanId))
    }
    const body = ProtobufTraceSerializer.serializeRequest(group)
    plain += body.length
    bodies.push(gzipSync(body))
  }
  return { bodies, plain }
}

const startCollector = async (data) => {
  const child = spawn(process.execPath, [cli, '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface(child.stdout), 'line')
  return { child, url: line.split(' ').at(-1) }
}

/** CPU seconds of a process so far, all its threads. */
const cpuOf = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const memoryOf = (pid, what) =>
  Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) /
  1024

const createSend = (url) => {
  const agent = new Agent({ keepAlive: true, maxSockets: writers })
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }
  return (body) =>
    new Promise((done, fail) => {
      const it = request(url + '/v1/traces', { method: 'POST', agent, headers }, (response) => {
        response.resume().on('end', () => done(response.statusCode))
      })
      it.on('error', fail).end(body)
    })
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]

const waitingOf = async (url) => {
  const text = await (await fetch(url + '/metrics')).text()
  return Number(/^lightspan_collector_waiting_spans (\d+)$/m.exec(text)[1])
}

const data = await mkdtemp(join(tmpdir(), 'lightspan-bench-'))
const { bodies, plain } = makeBodies()
const { child, url } = await startCollector(data)
try {
  const send = createSend(url)
  const cpu = cpuOf(child.pid)
  const started = performance.now()
  const acks = []
  let next = 0
  let refused = 0
  const write = async () => {
    while (next < bodies.length) {
      const body = bodies[next++]
      for (;;) {
        const sent = performance.now()
        const status = await send(body)
        if (status == 200) {
          acks.push(performance.now() - sent)
          break
        }
        if (status != 503) throw new Error(`answered ${status}`)
        refused++
        await new Promise((later) => setTimeout(later, 50))
      }
    }
  }
  await Promise.all(Array.from({ length: writers }, write))
  const acked = (performance.now() - started) / 1e3
  while (await waitingOf(url)) await new Promise((later) => setTimeout(later, 20))
  const stored = (performance.now() - started) / 1e3
  acks.sort((a, b) => a - b)
  const used = cpuOf(child.pid) - cpu
  const figure = (name, value, unit) => console.log(`${name.padEnd(34)}${value} ${unit}`)
  figure('spans', spans, `in batches of ${batch}, ${writers} writers`)
  figure(
    'body',
    (plain / spans).toFixed(0),
    `bytes a span, ${(bodies.reduce((sum, it) => sum + it.length, 0) / spans).toFixed(0)} gzip`,
  )
  figure('acknowledged', Math.round(spans / acked), 'spans/s')
  figure('acknowledged and stored', Math.round(spans / stored), 'spans/s')
  figure('CPU', ((used / spans) * 1e5).toFixed(2), 's per 100,000 spans')
  figure(
    'ack p50 / p99',
    `${quantile(acks, 0.5).toFixed(2)} / ${quantile(acks, 0.99).toFixed(2)}`,
    'ms',
  )
  figure('told to wait (503)', refused, 'times')
  figure(
    'RSS now / most',
    `${memoryOf(child.pid, 'VmRSS').toFixed(0)} / ${memoryOf(child.pid, 'VmHWM').toFixed(0)}`,
    'MB',
  )
} finally {
  child.kill('SIGTERM')
  await once(child, 'exit')
  await rm(data, { recursive: true, force: true })
}
