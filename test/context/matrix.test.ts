// What becomes of a click's context in three engines: the promise, and the table in the documentation.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, type Browser } from '../kit/browser.ts'
import { engines, type Engine } from '../kit/find-browsers.ts'
import { measure, ways, type Measured, type Way } from './matrix.ts'
import { promisesOf, readTable, toTable, writeTable, type Matrix } from './table.ts'

const matrix: Matrix = {}

describe.each(engines)('in %s', (engine: Engine) => {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await openBrowser(engine)
  }, 60_000)
  afterAll(() => browser?.close())

  const run = async (way: Way): Promise<Measured> => {
    const measured = await measure(browser!, way)
    ;(matrix[engine] ??= {})[way] = measured
    return measured
  }

  test('the transform links every scenario to its click, and nothing else', async () => {
    const { outcomes, interleaved, strangers } = await run('transform')
    const not = Object.entries(outcomes).filter(([, it]) => it != 'linked' && it != 'absent')
    expect(not).toEqual([])
    expect(Object.keys(outcomes).length).toBeGreaterThanOrEqual(40)
    expect(interleaved).toEqual({ linked: 20, lost: 0, wrong: 0 })
    expect(strangers.requests).toBeGreaterThan(20)
    expect(strangers.falsely).toBe(0)
  })

  test.each(ways.filter((it) => it != 'transform'))('%s links what it can', async (way) => {
    const { outcomes } = await run(way)
    expect(outcomes['a synchronous call']).toBe('linked')
  })
})

test('the documentation shows what was measured', async () => {
  const table = toTable(matrix)
  // `LIGHTSPAN_WRITE_DOCS=1 npx vitest run --project context` writes it anew.
  if (process.env['LIGHTSPAN_WRITE_DOCS']) await writeTable(table)
  expect(promisesOf(await readTable())).toEqual(promisesOf(table))
})
