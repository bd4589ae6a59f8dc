// README's snippets, run as they stand but for their addresses: in a real page, and as an edge worker.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openBrowser, type Browser, type Tab } from '../kit/browser.ts'
import type { ReceivedSpan } from '../kit/received.ts'
import { root } from '../kit/run-tool.ts'
import { startSite, type Site } from '../kit/site.ts'
import { snippetsOf } from '../kit/snippets.ts'

const folder = join(root, 'artefacts/readme')
let site: Site

beforeAll(() => mkdir(folder, { recursive: true }))
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeEach(async () => {
  site = await startSite()
})
afterEach(() => site.close())

/** The one block of README in this language that has `mark` in it, with the addresses of our site. */
const snippet = (language: string, mark: string) => {
  const found = snippetsOf('README.md').filter(
    (it) => it.language == language && it.code.includes(mark),
  )
  expect(found.map(({ line }) => line)).toHaveLength(1)
  return found[0]!.code
    .replaceAll('https://shop.example', site.origin)
    .replaceAll('https://collector.example', site.other)
    .replaceAll('https://api.shop.example', site.other)
    .replaceAll('https://api.example', site.other)
}

/** Bundles a module that uses the packages as they are built. Returns the code. */
const bundled = async (code: string, platform: 'browser' | 'node') => {
  const entry = join(folder, 'entry.ts')
  await writeFile(entry, code)
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform,
    // the root's `paths` lead to the sources
    tsconfigRaw: {},
  })
  return outputFiles[0]!.text
}

const serviceOf = (span: ReceivedSpan) => span.resource['service.name']

describe('in a page', () => {
  let browser: Browser
  let tab: Tab
  beforeAll(async () => {
    browser = await openBrowser('chromium')
  }, 60_000)
  afterAll(() => browser?.close())
  beforeEach(async () => {
    tab = await browser.tab()
  })
  afterEach(() => tab.close())

  test('the script tag traces the page and tells the other origin', async () => {
    const url = site.page(
      '/',
      `${snippet('html', 'data-propagate-to')}<button id="buy">Buy</button>
      <script>buy.onclick = () => fetch('${site.other}/api/200')</script>`,
    )
    await tab.go(url)
    await tab.click('#buy')
    const click = await site.span('click button#buy')
    const request = (
      await site.until((spans) => spans.some((it) => it.parentSpanId == click.spanId))
    ).find((it) => it.parentSpanId == click.spanId)!
    expect(serviceOf(click)).toBe('shop-web')
    expect(request.name).toBe('GET')
    const seen = site.requests.find(({ url }) => url == '/api/200')
    expect(seen?.headers['traceparent']).toContain(`${request.traceId}-${request.spanId}`)
  })

  test('the stub keeps what is called before the script has come', async () => {
    const stub = snippet('html', 'lightspan.q.push').replace(
      '<script async',
      `<script>lightspan.recordError(new Error('early')); lightspan.ready(() => (ready = lightspan.version))</script>
      <script async`,
    )
    await tab.go(site.page('/', stub))
    const early = await site.span('handled exception')
    expect(serviceOf(early)).toBe('shop-web')
    const error = early.events.find(({ name }) => name == 'exception')
    expect(error?.attributes['exception.message']).toBe('early')
    expect(await tab.run(() => (globalThis as unknown as { ready: string }).ready)).toMatch(/^\d/)
  })

  test('the npm snippet makes the spans that it says', async () => {
    const code = await bundled(snippet('ts', "from 'lightspan'"), 'browser')
    site.json('/api/prices', [3, 4])
    await tab.go(site.page('/', `<script type="module">${code}</script>`))
    const [load, checkout] = [await site.span('load prices'), await site.span('checkout')]
    expect(load.attributes['shop.prices']).toBe(2)
    expect(load.resource).toMatchObject({ 'service.name': 'shop-web', 'service.version': '1.4.0' })
    expect(checkout.attributes['shop.total']).toBe(7)
    const request = site.spans().find((it) => it.parentSpanId == load.spanId)
    expect(request?.attributes['url.full']).toBe(`${site.origin}/api/prices`)
  })
})

test('the edge snippet continues a trace, and sends its spans after the response', async () => {
  const file = join(folder, 'worker.mjs')
  await writeFile(file, await bundled(snippet('ts', '@lightspan/edge'), 'node'))
  const worker = (
    (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      default: {
        fetch: (
          request: Request,
          env: object,
          ctx: { waitUntil: (work: Promise<unknown>) => void },
        ) => Promise<Response>
      }
    }
  ).default
  const work: Promise<unknown>[] = []
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const response = await worker.fetch(
    new Request(`${site.origin}/prices`, {
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    }),
    {},
    { waitUntil: (more) => void work.push(more) },
  )
  expect(response.status).toBe(200)
  await Promise.all(work)
  const server = site.spans().find(({ kind }) => kind == 2)
  const client = site.spans().find(({ kind }) => kind == 3)
  expect(server).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331' })
  expect(serviceOf(server!)).toBe('shop-edge')
  expect(client).toMatchObject({ traceId, parentSpanId: server!.spanId })
  expect(site.requests.map(({ url }) => url)).toEqual(['/v2/prices'])
})
