// Bytes are a promise: budgets.json bounds them, README.md states them, and neither may lie.

import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  arrivals,
  brotli,
  budgets,
  bundle,
  scriptBundle,
  sizes,
  sourcesIn,
} from '../../scripts/size.mjs'
import { root } from '../kit/run-tool.ts'
import { filesIn, read } from '../kit/tree.ts'

let bytes: Record<string, number>
beforeAll(async () => {
  bytes = await sizes()
}, 60_000)

describe('a bundle, minified, after brotli 11,', () => {
  test('has a budget, whichever it is', () => {
    expect(Object.keys(bytes)).toEqual(Object.keys(budgets))
  })

  test.each(Object.keys(budgets))('stays within it: %s', (name) => {
    expect(bytes[name]).toBeLessThanOrEqual(budgets[name]!)
  })

  test.each(Object.keys(budgets))(
    'leaves no room in it for 5 % of unnoticed growth: %s',
    (name) => {
      expect(budgets[name]).toBeLessThanOrEqual(bytes[name]! * 1.05)
    },
  )
})

test('the script that is weighed is the one that is built', async () => {
  const built = read('dist/lightspan.js')
  expect((await scriptBundle()) == built, 'run npm run build').toBe(true)
})

test('what sees to it that spans arrive adds at most 1,024 bytes to the script', async () => {
  const { script, added } = await arrivals()
  const shipped = brotli((await scriptBundle()).replace(/\n\/\/#.*\n/, ''))
  // the same but for the order in which it names its parts
  expect(Math.abs(script - shipped)).toBeLessThan(20)
  expect(added).toBeLessThanOrEqual(1024)
}, 60_000)

test.each([
  'lightspan',
  'lightspan/core',
  'lightspan/wire',
  '@lightspan/edge',
  '@lightspan/otel',
  '@lightspan/worker',
  '@lightspan/zone',
])('importing %s and using nothing ships nothing', async (door) => {
  expect(await bundle(`import '${door}'`)).toBe('')
})

test('importing the door with warnings and using nothing ships nothing', async () => {
  const door = JSON.stringify(join(root, 'src/development.ts'))
  expect(await bundle(`import ${door}`)).toBe('')
  const used = await sourcesIn(`import { fetchSpans } from ${door}; globalThis.used = fetchSpans`)
  expect(used).toContain('src/instrument/fetch.ts')
  expect(used.filter((it) => it.includes('development'))).toEqual([])
})

test.each([
  "import { start } from 'lightspan'; start({ service: 'shop' })",
  `import ${JSON.stringify(join(root, 'src/script.ts'))}`,
])('a bundle for production has nothing of the warnings: %s', async (text) => {
  const sources = await sourcesIn(text)
  expect(sources).toContain('src/start.ts')
  expect(sources.filter((it) => it.includes('development'))).toEqual([])
})

test.each([
  ['otel', 'openTelemetry'],
  ['worker', 'startWorker'],
  ['zone', 'zoneContext'],
])('@lightspan/%s ships nothing of a page or of other packages', async (name, used) => {
  const sources = await sourcesIn(
    `import { ${used} } from '@lightspan/${name}'; globalThis.used = ${used}()`,
  )
  expect(sources).not.toEqual([])
  const own = new RegExp(`^(virtual:|packages/${name}/|src/(trace|wire|propagate|export|version))`)
  expect(sources.filter((it) => !own.test(it.replace(/^(\.\.\/)*/, '')))).toEqual([])
})

const exported = filesIn('src', /^[\w-]+\.ts$/)
  .filter((file) => !file.includes('/', 4))
  .flatMap((file) => [
    ...read(file).matchAll(/^export { (\w+) } from '\.\/instrument\/([\w-]+)\.ts'/gm),
  ])
  .map(([, name, file]) => ({ name: name!, file: `src/instrument/${file}.ts` }))

test('every instrumentation is exported', () => {
  expect(exported.map(({ file }) => file).sort()).toEqual(filesIn('src/instrument', /\.ts$/).sort())
})

describe('a bundle of startWith', () => {
  test.each(exported)('with $name has no other instrumentation in it', async ({ name, file }) => {
    const sources = await sourcesIn(
      `import { startWith, ${name} } from 'lightspan'; startWith([${name}()], { service: 'shop' })`,
    )
    expect(sources.filter((it) => it.startsWith('src/instrument/'))).toEqual([file])
  })
})

test.each([
  ['The script', /A script of ([\d.]+) kB/, 'script'],
  ['startWith', /`startWith\(\[fetchSpans\(\)\], options\)` weighs ([\d.]+) kB/, 'minimal'],
])('%s weighs what README.md says', (_, claim, name) => {
  const [, said = ''] = claim.exec(read('README.md')) ?? []
  expect(said).toBe((bytes[name]! / 1000).toFixed(said.split('.')[1]?.length ?? 0))
})
