// matrix.ts: every scenario, clicked in one engine with one way to keep context.

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, transform as compile, type Plugin } from 'esbuild'
import { transform } from '@lightspan/await'
import type { Browser } from '../kit/browser.ts'
import { startSite } from '../kit/site.ts'
import type { Page } from './page/main.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The ways to keep context that are compared. */
export const ways = ['plain', 'transform', 'zone.js + es2016'] as const
export type Way = (typeof ways)[number]

/** What became of a scenario's request: the click's child, nobody's, another's, or not to be had here. */
export type Outcome = 'linked' | 'lost' | 'wrong' | 'absent'

/** What one engine did in one way. */
export interface Measured {
  outcomes: Record<string, Outcome>
  /** Requests of five clicks at once. */
  interleaved: Record<'linked' | 'lost' | 'wrong', number>
  /** Requests that belong to no click, and how many of them were linked to one. */
  strangers: { requests: number; falsely: number }
}

// An application's build: its own code goes through the transform, after TypeScript.
const application = (way: Way): Plugin => ({
  name: 'application',
  setup: ({ onLoad }) => {
    onLoad({ filter: /scenarios\.ts$/ }, async ({ path }) => {
      const target = way == 'zone.js + es2016' ? 'es2016' : 'es2022'
      const { code } = await compile(await readFile(path, 'utf8'), { loader: 'ts', target })
      return { contents: way == 'transform' ? transform(code)!.code : code, loader: 'js' }
    })
  },
})

const keepers: Record<Way, string> = {
  plain: '',
  transform: `import { asyncContext, bind } from '@lightspan/await/sources'
    Object.assign(window, { keepers: [asyncContext()], bind })`,
  'zone.js + es2016': `import { zoneContext } from '@lightspan/zone'
    import { bind } from '@lightspan/await/sources'
    Object.assign(window, { keepers: [zoneContext()], bind })`,
}

const bundle = async (way: Way): Promise<string> => {
  const target = way == 'zone.js + es2016' ? 'es2016' : 'es2022'
  const { outputFiles } = await build({
    stdin: {
      contents: `${keepers[way]}
        void import('./main.ts').then(async ({ run }) => run(await import('./scenarios.ts')))`,
      resolveDir: at('page'),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
    target,
    supported: { 'dynamic-import': true },
    plugins: [application(way)],
    alias: {
      lightspan: at('../../src/index.ts'),
      '@lightspan/await/runtime': at('../../packages/await/src/runtime.ts'),
      '@lightspan/await/sources': at('../../packages/await/src/sources.ts'),
      '@lightspan/zone': at('../../packages/zone/src/index.ts'),
    },
  })
  return outputFiles[0]!.text
}

const zone = () => readFile(at('../../node_modules/zone.js/bundles/zone.umd.js'), 'utf8')

declare const window: Window & { page?: Page; errors: string[] }

const clicksAtOnce = 5

/** Runs the whole matrix in one tab. */
export const measure = async (browser: Browser, way: Way): Promise<Measured> => {
  const site = await startSite()
  const tab = await browser.tab()
  try {
    const scripts = [...(way.startsWith('zone') ? [await zone()] : []), await bundle(way)]
    const html = scripts.map((it) => `<script>${it.replaceAll('</script', '<\\/script')}</script>`)
    await tab.go(site.page('/', `<button id=go>go</button>${html.join('')}`))
    const tagOf = (url: string) => new URL(url, 'http://site').searchParams.get('tag')
    const seen = (tag: string) => site.requests.filter(({ url }) => tagOf(url) == tag)
    const click = async (next: string) => {
      await tab.run((name: string) => void (window.page!.next = name), next)
      await tab.click('#go')
    }
    const until = async (enough: () => boolean, what: string) => {
      for (const end = Date.now() + 5000; !enough();) {
        if (Date.now() > end) throw new Error(`5 s passed, and no ${what}`)
        await new Promise((later) => setTimeout(later, 5))
      }
    }
    await until(() => site.requests.length > 0, 'request of the page itself')
    const names = await tab.run(() => window.page!.names)
    for (const name of names) await click(name)
    const missing = await tab.run(() => window.page!.absent)
    for (const name of names)
      if (!missing.includes(name)) await until(() => seen(name).length > 0, `request of "${name}"`)
    const mixed = Array.from({ length: clicksAtOnce }, (_, n) =>
      n + 1 == clicksAtOnce ? `interleave:${n}:last` : `interleave:${n}`,
    )
    for (const name of mixed) await click(name)
    await until(
      () => mixed.every((name) => seen(name).length == 4),
      'end of the interleaved clicks',
    )
    const { traces, absent } = await tab.run(() => window.page!)
    await tab.run(() => window.page!.stop())

    const clicks = new Set(Object.values(traces))
    const traceOf = ({ headers }: { headers: object }) =>
      `${(headers as Record<string, string>)['traceparent']}`.split('-')[1]
    const judge = (name: string, request: { headers: object }) => {
      const trace = traceOf(request)
      return trace == traces[name] ? 'linked' : clicks.has(trace) ? 'wrong' : 'lost'
    }
    const interleaved = { linked: 0, lost: 0, wrong: 0 }
    for (const name of mixed) for (const it of seen(name)) interleaved[judge(name, it)]++
    const strangers = seen('stranger')
    return {
      outcomes: Object.fromEntries(
        names.map((name) => [
          name,
          absent.includes(name) ? 'absent' : judge(name, seen(name)[0] ?? { headers: {} }),
        ]),
      ),
      interleaved,
      strangers: {
        requests: strangers.length,
        falsely: strangers.filter((it) => clicks.has(traceOf(it))).length,
      },
    }
  } finally {
    await tab.close()
    await site.close()
  }
}
