// The transform over published packages: they parse, their maps resolve, and they work as before.

import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import { describe, expect, test } from 'vitest'
import { parse } from '../src/parse.ts'
import { transform } from '../src/transform.ts'
import { active, evaluate, run, transformed } from './kit/evaluate.ts'

const require = createRequire(import.meta.url)
const folderOf = (name: string) => {
  const file = require.resolve(name)
  return file.slice(0, file.lastIndexOf(`node_modules/${name}/`)) + `node_modules/${name}`
}

const scriptsIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries
    .filter(
      (it) =>
        it.isFile() &&
        /\.[cm]?js$/.test(it.name) &&
        !/node_modules.*node_modules/.test(it.parentPath),
    )
    .map((it) => join(it.parentPath, it.name))
}

// Where a text awaits, as line and column.
const awaitsOf = (text: string) => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  const found: { line: number; column: number }[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (typeof node != 'object' || !node) return
    const { type, start } = node as { type?: string; start: number }
    if (type == 'AwaitExpression') {
      const at = text.indexOf('await', start)
      let [low, high] = [0, starts.length]
      while (high - low > 1) {
        const middle = (low + high) >> 1
        if (starts[middle]! <= at) low = middle
        else high = middle
      }
      found.push({ line: low + 1, column: at - starts[low]! })
    }
    Object.values(node).forEach(visit)
  }
  visit(parse(text).program)
  return found
}

describe.each([
  'react-dom',
  '@tanstack/query-core',
  '@tanstack/router-core',
  'playwright-core',
  'puppeteer-core',
  'rollup',
  'webpack',
])('%s', (name) => {
  test(
    'comes out as JavaScript, with a map back to every suspension',
    { timeout: 120_000 },
    async () => {
      let transformed = 0
      let suspensions = 0
      for (const file of await scriptsIn(folderOf(name))) {
        const text = await readFile(file, 'utf8')
        let result
        try {
          result = transform(text, { file })
        } catch {
          expect(() => parse(text), `${file} is no JavaScript of its own`).toThrow()
          continue
        }
        if (!result) continue
        transformed++
        const map = new TraceMap(result.map as never)
        const before = awaitsOf(text)
        const after = awaitsOf(result.code)
        const mapped = new Set(
          after.map((it) => {
            const { line, column } = originalPositionFor(map, it)
            return `${line}:${column}`
          }),
        )
        const missing = before.filter(({ line, column }) => !mapped.has(`${line}:${column}`))
        expect(missing, file).toEqual([])
        suspensions += before.length
      }
      if (name != 'react-dom') expect(transformed).toBeGreaterThan(0)
      if (name == 'playwright-core') expect(suspensions).toBeGreaterThan(500)
    },
  )
})

const keepContext: Plugin = {
  name: 'keep-context',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.[cm]?js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      return { contents: transform(text)?.code ?? text, loader: 'js' }
    })
  },
}

const load = async (name: string): Promise<never> => {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from ${JSON.stringify(name)}`,
      resolveDir: dirname(import.meta.filename),
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    alias: { '@lightspan/await/runtime': join(dirname(import.meta.filename), '../src/runtime.ts') },
    plugins: [keepContext],
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(pathToFileURL(import.meta.filename).href)});`,
    },
  })
  const folder = await mkdtemp(join(tmpdir(), 'lightspan-await-'))
  const file = join(folder, 'bundle.mjs')
  await writeFile(file, outputFiles[0]!.text)
  const module = (await import(pathToFileURL(file).href)) as never
  await rm(folder, { recursive: true })
  return module
}

describe('behaves after the transform', () => {
  test('@tanstack/query-core: retries, shares, caches, and asks in the context of who asked', async () => {
    const { QueryClient } = (await load(
      '@tanstack/query-core',
    )) as typeof import('@tanstack/query-core')
    const client = new QueryClient({ defaultOptions: { queries: { retryDelay: 1, retry: 2 } } })
    const seen: unknown[] = []
    let tries = 0
    const attempt = () => {
      if (++tries < 2) throw new Error('try again')
      return tries
    }
    const p = () => seen.push(active())
    const queryFn = evaluate(
      transformed('return async () => { p(); await Promise.resolve(); p(); return attempt() }'),
      { p, attempt },
    ) as () => Promise<number>
    const ask = () => client.fetchQuery({ queryKey: ['a'], queryFn, staleTime: 1000 })
    const [one, two] = await Promise.all([run('A', ask), run('B', ask)])
    expect([one, two, tries]).toEqual([2, 2, 2])
    expect(await ask()).toBe(2)
    expect(seen.slice(0, 2)).toEqual(['A', 'A'])
    await expect(
      client.fetchQuery({ queryKey: ['b'], queryFn: () => Promise.reject(new Error('no')) }),
    ).rejects.toThrow('no')
    client.clear()
    expect(active()).toBeUndefined()
  })

  test('@tanstack/router-core: loads its routes, redirects, and tells of errors', async () => {
    const core = (await load('@tanstack/router-core')) as unknown as Core
    const { createMemoryHistory } = (await load('@tanstack/history')) as unknown as Core
    const seen: string[] = []
    const root = new core.BaseRootRoute!({})
    const route = (path: string, loader: () => Promise<unknown>) =>
      new core.BaseRoute!({ getParentRoute: () => root, path, loader })
    const routeTree = root.addChildren([
      route('/', async () => {
        await Promise.resolve()
        throw core.redirect!({ to: '/home' })
      }),
      route('/home', async () => {
        await Promise.resolve()
        seen.push('home')
        return 'sweet'
      }),
      route('/broken', () => Promise.reject(new Error('broken'))),
    ])
    const store = {
      createMutableStore: core.createNonReactiveMutableStore,
      createReadonlyStore: core.createNonReactiveReadonlyStore,
      batch: (work: () => void) => work(),
    }
    const history = createMemoryHistory!({ initialEntries: ['/'] })
    const router = new core.RouterCore!(
      { routeTree, history, isServer: false, origin: 'http://site' },
      () => store,
    )
    await router.load()
    await router.load()
    expect(router.state.location.pathname).toBe('/home')
    expect(seen).toContain('home')
    expect(router.state.matches.at(-1)?.loaderData).toBe('sweet')
    await router.navigate({ to: '/broken' })
    await router.load()
    expect(router.state.matches.at(-1)?.status).toBe('error')
    expect(active()).toBeUndefined()
  })
})

// What a framework's adapter uses of the router; its types are made for adapters.
interface Router {
  load: () => Promise<void>
  navigate: (to: { to: string }) => Promise<void>
  state: {
    location: { pathname: string }
    matches: { loaderData?: unknown; status: string }[]
  }
  addChildren: (children: unknown[]) => unknown
}
type Core = Record<string, (new (...args: unknown[]) => Router) & ((...args: unknown[]) => unknown)>
