// The sum of `npm test` is true: it is held against a real run in which everything goes wrong that can.

import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sum } from '../../scripts/lib/sum.mjs'
import { root, runNode, runTool } from '../kit/run-tool.ts'

// Pieces, so that the law against skipped and focused tests does not see them here.
const files: Record<string, string> = {
  good: `test('a', () => {}); test('b', () => {})`,
  bad: `test('a', () => {}); test('b', () => { throw new Error('no') })`,
  left: `test('a', () => {}); test${'.skip'}('b', () => {}); test${'.todo'}('c')`,
  unloadable: `import './nowhere.ts'; test('a', () => {})`,
  hook: `beforeAll(() => { throw new Error('no') }); test('a', () => {})`,
  killed: `test('a', () => new Promise(() => process.kill(process.pid, 'SIGKILL')))`,
  focused: `test${'.only'}('a', () => {})`,
  empty: '',
}

let folder: string
beforeAll(async () => {
  await mkdir(join(root, 'artefacts'), { recursive: true })
  folder = await mkdtemp(join(root, 'artefacts/sum-'))
  await writeFile(
    join(folder, 'vitest.config.mjs'),
    'export default { test: { include: ["*.test.ts"] } }',
  )
  for (const [name, text] of Object.entries({
    ...files,
    loose: `test('a', () => void Promise.reject(new Error('no')))`,
  }))
    await writeFile(
      join(folder, `${name}.test.ts`),
      `import { beforeAll, test } from 'vitest'\nvoid beforeAll\n${text}\n`,
    )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs these files, and sums what was planned: these and, maybe, more. */
const run = async (names: readonly string[], planned = names) => {
  const output = join(folder, 'report.json')
  await rm(output, { force: true })
  const args = names.map((name) => `${name}.test.ts`)
  const { code } = await runTool(
    'vitest',
    [
      'run',
      '--root',
      folder,
      '--reporter=json',
      `--outputFile=${output}`,
      '--allowOnly=false',
      ...args,
    ],
    { cwd: folder },
  )
  return sum({
    project: 'odd',
    files: planned.map((name) => join(folder, `${name}.test.ts`)),
    ended: code,
    report: existsSync(output) ? JSON.parse(readFileSync(output, 'utf8')) : undefined,
    root: folder,
  })
}

describe('the sum', () => {
  test('counts every way to fail', async () => {
    const { passed, skipped, failures } = await run(Object.keys(files))
    expect({ passed, skipped }).toEqual({ passed: 4, skipped: 3 })
    expect(failures.map(({ where, name }) => `${where}: ${name}`).sort()).toEqual([
      'bad.test.ts: b',
      'empty.test.ts: the file as a whole',
      'focused.test.ts: a',
      'hook.test.ts: the file as a whole',
      'killed.test.ts: a',
      'unloadable.test.ts: the file as a whole',
    ])
  })

  test('has no failure where there is none', async () => {
    expect(await run(['good'])).toEqual({ passed: 2, skipped: 0, failures: [] })
  })

  test('counts an error that no test owns', async () => {
    const { passed, failures } = await run(['good', 'loose'])
    expect(passed).toBe(3)
    expect(failures).toEqual([
      { where: 'odd', name: 'the runner', message: 'It ended with 1, see above.' },
    ])
  })

  test('counts a file that did not run', async () => {
    const { failures } = await run(['good'], ['good', 'bad'])
    expect(failures.map(({ where }) => where)).toEqual(['bad.test.ts'])
  })

  test('of a runner that left no report is a failure for each file', () => {
    const parts = {
      project: 'odd',
      files: [join(folder, 'good.test.ts')],
      ended: 'SIGKILL',
      root: folder,
    }
    expect(sum({ ...parts, report: undefined }).failures).toHaveLength(1)
  })
})

describe('npm test', () => {
  const npmTest = (...args: string[]) =>
    runNode(join(root, 'scripts/test.mjs'), args, root, { LIGHTSPAN_REPORTS: folder })

  test('ends with the sum, and with 0 only where nothing failed', async () => {
    const { code, output } = await npmTest('--only', 'unit', 'propagate')
    expect(output.split('\n').at(-1)).toMatch(/^\d+ passed, 0 failed$/)
    expect(code).toBe(0)
  })

  test('fails where nothing matches', async () => {
    const { code, output } = await npmTest('--only', 'unit', 'no such test')
    expect(output.split('\n').at(-1)).toBe('0 passed, 1 failed')
    expect(code).toBe(1)
  })

  test('says how to get the browsers where they are missing and may not be installed', async () => {
    const script = `import(${JSON.stringify(join(root, 'scripts/browsers.mjs'))}).then((it) => it.installBrowsers()).catch((error) => console.log(error.message))`
    const { output } = await runNode('-e', [script], root, { PATH: '' })
    expect(output).toMatch(
      /apt-get install -y --no-install-recommends chromium .*firefox-esr .*xvfb/,
    )
    expect(output).toContain('LIGHTSPAN_CHROMIUM')
  })
})
