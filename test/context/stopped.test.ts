// A click whose event is stopped ends as any other does, also where the application's context is kept.

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import type { Instrumentation } from 'lightspan'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const zone = at('../../node_modules/zone.js/bundles/zone.umd.js')

const keepers = {
  asyncContext: [[], '../../packages/await/src/sources.ts'],
  zoneContext: [[zone], '../../packages/zone/src/index.ts'],
} as const

declare const window: Window &
  PageGlobals & { tracing: import('lightspan').Lightspan; keeper: () => Instrumentation }

const scriptOf = async (name: keyof typeof keepers) => {
  const [before, from] = keepers[name]
  const { outputFiles } = await build({
    stdin: {
      contents: `import { ${name} } from '${from}'; window.keeper = ${name}`,
      resolveDir: at('.'),
    },
    bundle: true,
    write: false,
    format: 'iife',
  })
  const texts = await Promise.all(before.map((path) => readFile(path, 'utf8')))
  return [...texts, outputFiles[0]!.text]
    .map((it) => `<script>${it.replaceAll('</script', '<\\/script')}</script>`)
    .join('')
}

describeInBrowsers('a click whose event is stopped', (ground) => {
  test.each(['asyncContext', 'zoneContext'] as const)(
    'is carried along by %s, and is not active once its task is over',
    async (name) => {
      const { tab, open } = ground()
      await open(`${await scriptOf(name)}<button id=go>go</button><button id=other>other</button>`)
      await tab.run(() => {
        const { keeper, lightspan, kept } = window
        window.tracing = lightspan.start({
          instrumentations: [keeper(), lightspan.interactionSpans()],
          service: 'page',
          url: '/v1/spans',
        })
        const active = () => window.tracing.active()?.name
        document.querySelector('#go')!.addEventListener('click', (event) => {
          event.stopPropagation()
          kept['inside'] = active()
          kept['carried'] = new Promise((done) => setTimeout(() => done(active())))
        })
      })
      await tab.click('#go')
      const carried = await tab.run(async () => [
        window.kept['inside'],
        await window.kept['carried'],
      ])
      expect(carried).toEqual(['click button#go', 'click button#go'])
      expect(await tab.run(() => window.tracing.active()?.name ?? null)).toBeNull()
      await tab.click('#other')
      expect(await tab.run(() => window.tracing.active()?.name ?? null)).toBeNull()
    },
  )
})
