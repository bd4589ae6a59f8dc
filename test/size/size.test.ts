// Bytes are a promise: budgets.json bounds them, README.md states them, and neither may lie.

import { beforeAll, describe, expect, test } from 'vitest'
import { budgets, bundle, scriptBundle, sizes } from '../../scripts/size.mjs'
import { read } from '../kit/tree.ts'

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

test.each(['lightspan', 'lightspan/core', 'lightspan/wire', '@lightspan/edge'])(
  'importing %s and using nothing ships nothing',
  async (door) => {
    expect(await bundle(`import '${door}'`)).toBe('')
  },
)

// Text of each instrumentation that minifying cannot change.
const marks: Record<string, string> = {
  errorSpans: 'unhandledrejection',
  fetchSpans: 'AbortError',
  interactionSpans: 'data-lightspan-name',
  loadSpans: 'meta[name=traceparent]',
  navigationSpans: 'popstate',
  webVitals: 'web vital ',
  xhrSpans: 'XMLHttpRequest',
}

const inBundle = async (names: readonly string[]) => {
  const code = await bundle(
    `import { startWith, ${names.join(', ')} } from 'lightspan'
    startWith([${names.map((name) => `${name}()`).join(', ')}], { service: 'shop' })`,
  )
  return Object.keys(marks).filter((name) => code.includes(marks[name]!))
}

describe('a bundle', () => {
  test('has all instrumentations that are asked for', async () => {
    const all = [...read('src/index.ts').matchAll(/{ (\w+) } from '\.\/instrument\//g)]
    const names = all.map(([, name]) => name!)
    expect(Object.keys(marks)).toEqual(names)
    expect(await inBundle(names)).toEqual(names)
  })

  test.each(['fetchSpans', 'loadSpans', 'errorSpans'])('has none besides %s', async (name) => {
    expect(await inBundle([name])).toEqual([name])
  })
})

test.each([
  ['The script', /A script of (\d+) kB/, 'script'],
  ['startWith', /`startWith\(\[fetchSpans\(\)\], options\)` weighs (\d+) kB/, 'minimal'],
])('%s weighs what README.md says', (_, claim, name) => {
  const [, said] = claim.exec(read('README.md')) ?? []
  expect(Number(said)).toBe(Math.round(bytes[name]! / 1000))
})
