// Every test file is run: it belongs to exactly one project, and `npm test` runs all projects.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { root, runTool } from '../kit/run-tool.ts'
import { filesIn } from '../kit/tree.ts'

const listed = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lightspan-projects-'))
  const file = join(folder, 'plan.json')
  await runTool('vitest', ['list', '--filesOnly', `--json=${file}`])
  const plan = JSON.parse(readFileSync(file, 'utf8')) as { file: string }[]
  rmSync(folder, { recursive: true })
  return plan.map((it) => relative(root, it.file)).sort()
}

test('every *.test.ts belongs to exactly one project of vitest.config.ts', async () => {
  expect(await listed()).toEqual(filesIn('.', /\.test\.tsx?$/).sort())
})
