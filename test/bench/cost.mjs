// cost.mjs: what tracing costs the page, Lightspan beside OpenTelemetry's web SDK, in one run of real Chromium.
// Main-thread task time by the DevTools protocol (Performance domain alone), export included. The pages live side by
// side and take turns in short blocks, so that what else the machine does meets all of them alike.
// `node test/bench/cost.mjs [rounds]` writes the table of docs/performance.md. Needs a build.

import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'

const rounds = Number(process.argv[2] ?? 25)
const times = 100

/** Fresh pages of each kind for what happens once in the life of a page. */
const loads = rounds
const at = (path) => fileURLToPath(new URL(path, import.meta.url))

const bundle = async (file) => {
  const { outputFiles } = await build({
    entryPoints: [at(file)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'error',
  })
  return outputFiles[0].text
}
const lightspan = `${readFileSync(at('../../dist/lightspan.js'), 'utf8')}
{ const it = lightspan.start({ service: 'bench', url: '/v1/spans' }); globalThis.flushBench = () => it.flush() }`
const scripts = {
  nothing: 'globalThis.flushBench = () => {}',
  'web-vitals': await bundle('./cost/vitals.mjs'),
  lightspan,
  floor: await bundle('./cost/floor.mjs'),
  otel: await bundle('./cost/otel.mjs'),
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://bench')
  if (pathname == '/script.js')
    return response
      .writeHead(200, { 'content-type': 'text/javascript' })
      .end(scripts[searchParams.get('name')])
  if (pathname != '/') return request.resume().on('end', () => response.end('{}'))
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end(
    `<!doctype html><link rel="icon" href="data:,"><button id="b">b</button>
    <script>b.addEventListener('click', () => { b.dataset.n = 1 })</script><script src="/script.js?name=${searchParams.get('name')}"></script>`,
  )
})
await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
const origin = `http://127.0.0.1:${server.address().port}`

const browser = await chromium.launch({
  executablePath: process.env['LIGHTSPAN_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
})

const openPage = async (name, throttle) => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const client = await context.newCDPSession(page)
  await client.send('Performance.enable', { timeDomain: 'threadTicks' })
  if (throttle) await client.send('Emulation.setCPUThrottlingRate', { rate: throttle })
  const metric = async (key) =>
    (await client.send('Performance.getMetrics')).metrics.find((it) => it.name == key).value
  await page.goto(`${origin}/?name=${name}`)
  return { context, page, client, metric }
}

const work = {
  fetch: (page) =>
    page.evaluate(async (count) => {
      for (let at = 0; at < count; at++) await (await fetch('/api')).text()
    }, times),
  xhr: (page) =>
    page.evaluate(async (count) => {
      for (let at = 0; at < count; at++)
        await new Promise((done) => {
          const xhr = new XMLHttpRequest()
          xhr.open('GET', '/api')
          xhr.onload = done
          xhr.send()
        })
    }, times),
}

// Trusted clicks, sent in pairs of raw events so that the driver does little in the page.
const click = async (client) => {
  const where = { x: 15, y: 15, button: 'left', clickCount: 1 }
  for (let at = 0; at < times; at++) {
    await client.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...where })
    await client.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...where })
  }
}

const samples = {}
const note = (what, name, value) => ((samples[what] ??= {})[name] ??= []).push(value)
const flush = (page) => page.evaluate(async () => void (await globalThis.flushBench()))

const pages = {}
for (const name in scripts) pages[name] = await openPage(name)

const block = async (what, name, run) => {
  const { page, client, metric } = pages[name]
  const before = await metric('TaskDuration')
  await run(page, client)
  await flush(page)
  return [what, name, (((await metric('TaskDuration')) - before) * 1e6) / times]
}
const turns = {
  ...work,
  click: async (page, client) => {
    await click(client)
    await page.waitForTimeout(1100) // what an interaction's span waits for
  },
}
for (const what in turns)
  for (let round = 0; round <= rounds; round++)
    for (const name in scripts) {
      const measured = await block(what, name, turns[what])
      if (round) note(...measured) // the first is to warm up
    }
for (const name in scripts) await pages[name].context.close()

for (let round = 0; round < loads; round++)
  for (const name in scripts) {
    const { context, client } = await openPage(name)
    await client.send('HeapProfiler.collectGarbage')
    note('heap', name, (await client.send('Runtime.getHeapUsage')).usedSize / 1024)
    await context.close()
    const throttled = await openPage(name, 4)
    const [run, compiled] = [
      await throttled.metric('ScriptDuration'),
      await throttled.metric('V8CompileDuration'),
    ]
    note('init', name, (run + compiled) * 1e3)
    await throttled.context.close()
  }
const version = browser.version()
await browser.close()
server.close()

const median = (sorted) => sorted[sorted.length >> 1]
const added = (what, name) => {
  const own = samples[what][name].map((it, at) => it - samples[what].nothing[at])
  own.sort((a, b) => a - b)
  return { value: median(own), low: own[own.length >> 2], high: own[(own.length * 3) >> 2] }
}
const cell = ({ value, low, high }) =>
  `${value.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`
const rows = [
  ['fetch', 'µs added per fetch', 'at most 0.15 of OTel'],
  ['xhr', 'µs added per XMLHttpRequest', 'at most 0.15 of OTel'],
  ['click', 'µs added per click', 'at most 40'],
  [
    'init',
    'ms to compile and run, load and init, CPU at a quarter',
    'web-vitals + 10, half of OTel',
  ],
  ['heap', 'KiB of heap after init', 'at most 200'],
].map(([what, unit, target]) => {
  const [ours, theirs, vitals, floor] = ['lightspan', 'otel', 'web-vitals', 'floor'].map((it) =>
    added(what, it),
  )
  const ratio = (ours.value / theirs.value).toFixed(2)
  return `| ${unit} | ${cell(ours)} | ${cell(theirs)} | ${cell(vitals)} | ${cell(floor)} | ${ratio} | ${target} |`
})
const versionOf = (name) =>
  JSON.parse(readFileSync(at(`../../node_modules/${name}/package.json`), 'utf8')).version
const text = `${cpus().length} cores of ${cpus()[0].model.trim()}, Chromium ${version}, Node ${process.version}, OpenTelemetry sdk-trace-web ${versionOf('@opentelemetry/sdk-trace-web')}, web-vitals ${versionOf('web-vitals')}; median (quartiles) of ${rounds} rounds of ${times} calls, and of as many loads, over a page with nothing in the same round.

| measure | Lightspan | OpenTelemetry web | web-vitals alone | a bare wrapper | ratio to OTel | aim |
|-|-|-|-|-|-|-|
${rows.join('\n')}
`
console.log(text)

const page = at('../../docs/performance.md')
const [begin, end] = ['<!-- cost: begin -->', '<!-- cost: end -->']
const doc = readFileSync(page, 'utf8')
const { default: prettier } = await import('prettier')
const whole = `${doc.split(begin)[0]}${begin}\n\n${text}\n${end}${doc.split(end)[1]}`
writeFileSync(
  page,
  await prettier.format(whole, { ...(await prettier.resolveConfig(page)), parser: 'markdown' }),
)
