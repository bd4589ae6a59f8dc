// The applications of docs/frameworks.md, bundled with the real frameworks and used in a real browser.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openBrowser, type Browser, type Tab } from '../kit/browser.ts'
import type { ReceivedSpan } from '../kit/received.ts'
import { root } from '../kit/run-tool.ts'
import { startSite, type Site } from '../kit/site.ts'
import { snippetsOf } from '../kit/snippets.ts'

const folder = join(root, 'artefacts/frameworks')

const snippet = (mark: string) => {
  const found = snippetsOf('docs/frameworks.md').filter(({ code }) => code.includes(mark))
  expect(found).toHaveLength(1)
  return found[0]!.code
}

/** Bundles files of an application, of which the first is its entry, as a user's bundler does for production. */
const bundled = async (name: string, files: Record<string, string>) => {
  const at = join(folder, name)
  await mkdir(at, { recursive: true })
  for (const [file, code] of Object.entries(files)) await writeFile(join(at, file), code)
  const { outputFiles } = await build({
    entryPoints: [join(at, Object.keys(files)[0]!)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    jsx: 'automatic',
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    alias: { vue: 'vue/dist/vue.esm-bundler.js' },
    // the root's `paths` lead to the sources
    tsconfigRaw: {},
  })
  return outputFiles[0]!.text
}

const react = () => ({
  'main.jsx': snippet('createRoot'),
  'routes.jsx': `import { Link, Outlet, useParams } from 'react-router'
import { useEffect, useState } from 'react'
const Product = () => {
  const { id } = useParams()
  const [price, setPrice] = useState()
  useEffect(() => void fetch('/api/price').then((it) => it.json()).then(setPrice), [])
  if (id == 'broken') throw new Error('rendered badly')
  return <p id="price">{price}</p>
}
export const routes = [
  { path: '/', element: <><Link id="one" to="/products/one-of-many">one</Link><Link id="bad" to="/products/broken">bad</Link>
      <button id="throws" onClick={() => { throw new Error('handled badly') }}>throws</button><Outlet /></>,
    children: [{ path: 'products', children: [{ path: ':id', element: <Product />, errorElement: <p id="oops">oops</p> }] }] },
]`,
})

const vue = () => ({
  'main.js': snippet('createApp'),
  'router.js': `import { createRouter, createWebHistory } from 'vue-router'
const Product = {
  data: () => ({ price: '' }),
  async mounted() { this.price = await (await fetch('/api/price')).json() },
  methods: { check() { if (this.$route.params.id == 'broken') throw new Error('rendered badly') } },
  template: '<p id="price">{{ check() }} {{ price }}</p>',
}
export const router = createRouter({ history: createWebHistory(),
  routes: [{ path: '/', component: { template: '<i></i>' } }, { path: '/products/:id', component: Product }] })`,
  'App.js': `export default {
  methods: { fail() { throw new Error('handled badly') } },
  template: \`<router-link id="one" to="/products/one-of-many">one</router-link> <router-link id="bad" to="/products/broken">bad</router-link>
    <button id="throws" @click="fail">throws</button><router-view /><p id="oops">oops</p>\`,
}`,
})

describe.each([
  ['React', react],
  ['Vue', vue],
])('the application of %s', (name, files) => {
  let browser: Browser
  let tab: Tab
  let site: Site
  beforeAll(async () => {
    browser = await openBrowser('chromium')
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    ;[site, tab] = await Promise.all([startSite(), browser.tab()])
    const code = await bundled(name, files())
    site.json('/api/price', 42)
    await tab.go(site.page('/', `<div id="app"></div><script type="module">${code}</script>`))
  })
  afterEach(() => Promise.all([tab.close(), site.close()]))

  test('names a navigation by the pattern of its route, and has its request in it', async () => {
    await tab.click('#one')
    const navigation = await site.span('navigation /products/:id')
    expect(navigation.attributes['url.template']).toBe('/products/:id')
    const click = await site.span('click a#one')
    expect(navigation.traceId).toBe(click.traceId)
    const isPrice = ({ attributes }: ReceivedSpan) =>
      `${attributes['url.full']}`.endsWith('/api/price')
    const request = (await site.until((all) => all.some(isPrice))).find(isPrice)!
    expect(request.traceId).toBe(click.traceId)
  })

  test('records what a component and what a handler throws, each once', async () => {
    await tab.click('#throws')
    await tab.click('#bad')
    const messages = () =>
      site
        .spans()
        .flatMap(({ events }) =>
          events
            .filter((it) => it.name == 'exception')
            .map((it) => it.attributes['exception.message']),
        )
    // what leaves with the page is the last of it
    await tab.go(site.page('/next', '<p>another page</p>'))
    await site.span('web vital CLS')
    expect(messages().sort()).toEqual(['handled badly', 'rendered badly'])
  })
})
