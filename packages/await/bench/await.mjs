// await.mjs: what an await costs in real engines, as written and as transformed, side by side in one run.

import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import puppeteer from 'puppeteer-core'
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

const bundle = async () => {
  const sources = { native: program, kept: transform(program).code }
  const { outputFiles } = await build({
    stdin: {
      contents: `import * as native from 'native'; import * as kept from 'kept'; globalThis.ways = { native, kept }`,
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
          onResolve({ filter: /^(native|kept)$/ }, ({ path }) => ({ path, namespace: 'way' }))
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
        for (const way of round % 2 ? ['kept', 'native'] : ['native', 'kept']) {
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

const text = await bundle()
for (const [engine, launch] of Object.entries(open)) {
  const browser = await launch()
  const page = await browser.newPage()
  await page.evaluate(text)
  const best = await page.evaluate(`(${measure})(30, 20000)`)
  await browser.close()
  for (const work of ['loop', 'nested'])
    for (const place of ['outside', 'inside']) {
      const [native, kept] = ['native', 'kept'].map((way) => best[`${work} ${place} ${way}`])
      const figures = `native ${native.toFixed(0)} ns, kept ${kept.toFixed(0)} ns`
      console.log(`${engine} ${work} ${place}: ${figures}, ${(kept / native).toFixed(2)} x`)
    }
}
