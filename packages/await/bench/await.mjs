// await.mjs: what an await costs in real engines, as written and as transformed, side by side in one run.

import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import puppeteer from 'puppeteer-core'
import { createServer } from 'node:http'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { transform } from '../dist/index.js'

const folder = fileURLToPath(new URL('.', import.meta.url))

// `kind` is how often the function awaits per call: a loop of many, or many calls of one.
const program = `
export const loop = async (times) => { let sum = 0; for (let n = 0; n < times; n++) sum += await done; return sum }
const one = async (n) => { const it = await done; return it + n }
export const nested = async (times) => { let sum = 0; for (let n = 0; n < times; n++) sum += await one(n); return sum }
const done = Promise.resolve(1)
`

// The least that keeps a context: the same brackets by hand, in local variables and for promises alone.
const brackets = `
const slot = globalThis[Symbol.for('lightspan.context.v1')] ??= {}
export const loop = async (times) => {
  const own = slot.current
  let before = own
  try {
    let sum = 0
    for (let n = 0; n < times; n++) {
      slot.current = before
      const it = await done
      before = slot.current
      slot.current = own
      sum += it
    }
    return sum
  } finally { slot.current = before }
}
const one = async (n) => {
  const own = slot.current
  let before = own
  try {
    slot.current = before
    const it = await done
    before = slot.current
    slot.current = own
    return it + n
  } finally { slot.current = before }
}
export const nested = async (times) => {
  const own = slot.current
  let before = own
  try {
    let sum = 0
    for (let n = 0; n < times; n++) {
      const call = one(n)
      slot.current = before
      const it = await call
      before = slot.current
      slot.current = own
      sum += it
    }
    return sum
  } finally { slot.current = before }
}
const done = Promise.resolve(1)
`

const bundle = async () => {
  const sources = { native: program, kept: transform(program).code, brackets }
  const { outputFiles } = await build({
    stdin: {
      contents: `import * as native from 'native'; import * as kept from 'kept'; import * as brackets from 'brackets'
        globalThis.ways = { native, kept, brackets }`,
      resolveDir: folder,
    },
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    alias: { '@lightspan/await/runtime': `${folder}../dist/runtime.js` },
    plugins: [
      {
        name: 'sources',
        setup: ({ onResolve, onLoad }) => {
          onResolve({ filter: /^(native|kept|brackets)$/ }, ({ path }) => ({
            path,
            namespace: 'way',
          }))
          onLoad({ filter: /./, namespace: 'way' }, ({ path }) => ({
            contents: sources[path],
            resolveDir: folder,
          }))
        },
      },
    ],
  })
  return outputFiles[0].text
}

// Rounds alternate, so that whatever else the machine does falls on both; the best of each counts.
const measure = async (rounds, times) => {
  const slot = (globalThis[Symbol.for('lightspan.context.v1')] ??= {})
  const best = {}
  for (let round = 0; round < rounds; round++)
    for (const work of ['loop', 'nested'])
      for (const place of ['outside', 'inside'])
        for (const way of round % 2
          ? ['brackets', 'kept', 'native']
          : ['native', 'kept', 'brackets']) {
          slot.current = place == 'inside' ? { span: true } : undefined
          const begun = performance.now()
          const running = globalThis.ways[way][work](times)
          slot.current = undefined
          await running
          const took = ((performance.now() - begun) * 1e6) / times
          const key = `${work} ${place} ${way}`
          best[key] = Math.min(best[key] ?? Infinity, took)
        }
  return best
}

const open = {
  chromium: () =>
    chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    }),
  firefox: () =>
    puppeteer.launch({
      browser: 'firefox',
      executablePath: '/usr/bin/firefox-esr',
      headless: true,
    }),
}

// A page of its own origin alone gets a clock that is fine enough.
const serve = () =>
  new Promise((ready) => {
    const server = createServer((_, response) =>
      response
        .writeHead(200, {
          'content-type': 'text/html',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-embedder-policy': 'require-corp',
        })
        .end('<!doctype html>'),
    )
    server.listen(0, '127.0.0.1', () => ready(server))
  })

const pages = 5

// Enough for a clock of 5 us; an async call of Firefox's takes 100 times as long as one of Chromium's.
const times = { chromium: 20000, firefox: 5000 }
const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]
const range = (values) =>
  `${middle(values).toFixed(2)} x (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`

const text = await bundle()
const server = await serve()
console.log(`${cpus().length} x ${cpus()[0].model}, ${pages} pages each, best of 20 rounds in each`)
for (const [engine, launch] of Object.entries(open)) {
  const browser = await launch()
  console.log(`${engine} ${await browser.version()}`)
  const runs = []
  for (let number = 0; number < pages; number++) {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${server.address().port}/`)
    await page.bringToFront()
    await page.evaluate(text)
    runs.push(await page.evaluate(`(${measure})(20, ${times[engine]})`))
    await page.close()
  }
  await browser.close()
  for (const work of ['loop', 'nested'])
    for (const place of ['outside', 'inside']) {
      const of = (way) => runs.map((run) => run[`${work} ${place} ${way}`])
      const native = of('native')
      const tell = (way) =>
        `${way} ${middle(of(way)).toFixed(0)} ns: ${range(of(way).map((it, at) => it / native[at]))}`
      console.log(`  ${work} ${place} a context: native ${middle(native).toFixed(0)} ns`)
      for (const way of ['kept', 'brackets']) console.log(`    ${tell(way)}`)
    }
}
server.close()
