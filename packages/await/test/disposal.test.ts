// `await using`: the same as before, in the context it was called in; natively where engines have it, else lowered.

import { compileFunction } from 'node:vm'
import { build, transformSync } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
import { fileURLToPath } from 'node:url'
import { describeInBrowsers } from '../../../test/kit/in-browsers.ts'
import * as runtime from '../src/runtime.ts'
import { transform } from '../src/transform.ts'
import { disposals, harness } from './kit/disposals.ts'
import { transformed } from './kit/evaluate.ts'

interface Seen {
  seen: [name: string, label: string, context?: string][]
  values: string[]
  left?: unknown
}

const judge = (name: string, before: Seen, after: Seen) => {
  const order = ({ seen }: Seen) => seen.map(([who, label]) => `${who} ${label}`)
  expect(order(after)).toEqual(order(before))
  expect(after.values).toEqual(before.values)
  expect(after.left ?? undefined).toBeUndefined()
  // what a disposal does after an await of its own is its own affair: it was not transformed
  const looked = after.seen.filter((it) => it.length == 3)
  expect(looked.length).toBeGreaterThan(name == 'nothing to dispose of' ? 3 : 1)
  expect(looked.filter(([who, , context]) => who != context)).toEqual([])
}

describe('lowered by esbuild, as a build for older engines does', () => {
  const evaluate = (text: string) => {
    const { code } = transformSync(`globalThis.made = (p, res) => {${text}\n}`, {
      target: 'es2022',
    })
    Reflect.apply(compileFunction(code, ['require']), undefined, [() => runtime])
    return (globalThis as unknown as { made: unknown }).made
  }
  const slot = (globalThis as Record<symbol, unknown>)[Symbol.for('lightspan.context.v1')]
  const start = Reflect.apply(compileFunction(`return ${harness}`), undefined, []) as (
    ...args: unknown[]
  ) => Promise<Seen>
  const run = (text: string) => start(evaluate(text), slot)

  test.each(Object.entries(disposals))('%s', async (name, text) => {
    judge(name, await run(text), await run(transformed(text)))
  })

  test('without the transform contexts are lost: the tests above can fail', async () => {
    const { seen } = await run(disposals['one resource']!)
    expect(seen.some(([who, , context]) => who != context)).toBe(true)
  })
})

let script = ''
beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import * as runtime from './runtime.ts'; globalThis.runtime = runtime`,
      resolveDir: fileURLToPath(new URL('../src', import.meta.url)),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
  })
  script = outputFiles[0]!.text
})

describeInBrowsers(
  '`await using`, natively',
  (ground) => {
    test.each(Object.entries(disposals))('%s', async (name, text) => {
      const { site, tab } = ground()
      await tab.go(site.page('/', `<script>errors = [];${script}</script>`))
      const run = (code: string) =>
        tab.run(
          (body: string, around: string) => {
            const { runtime: parts, eval: run } = globalThis as unknown as {
              runtime: unknown
              eval: (text: string) => unknown
            }
            const slot = (globalThis as Record<symbol, unknown>)[Symbol.for('lightspan.context.v1')]
            const make = run(`((require) => (p, res) => {${body}\n})`) as (it: unknown) => unknown
            const start = run(around) as (...args: unknown[]) => Promise<Seen>
            return start(
              make(() => parts),
              slot,
            )
          },
          code,
          harness,
        )
      judge(name, await run(text), await run(transformed(text)))
    })
  },
  { only: ['chromium', 'firefox'] },
)

describe('what cannot be bracketed', () => {
  test('`for (await using x = …;;)` stays as it is, with the function around it, and only that', () => {
    const alone =
      'async function f() { for (await using x = a();;) { await 0; break } await 0; b() }'
    expect(transform(alone)).toBeUndefined()
    const beside = `${alone}\nasync function g() { await 0; b() }`
    const { code } = transform(beside)!
    expect(code).toContain(alone)
    expect(code).toMatch(/function g\(\) \{const \$ls/)
  })
})
