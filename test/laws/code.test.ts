// The code as a whole: it type-checks, is linted and formatted, and holds nothing that nobody uses.

import { expect, test } from 'vitest'
import { runTool } from '../kit/run-tool.ts'

const clean = { code: 0, output: '' }

test('everything type-checks (npx tsc --noEmit)', async () => {
  expect(await runTool('tsc', ['--noEmit', '--pretty', 'false'], { owner: 'typescript' })).toEqual(
    clean,
  )
})

test('ESLint finds nothing (npx eslint .)', async () => {
  expect(await runTool('eslint', ['.', '--max-warnings=0'])).toEqual(clean)
})

test('Prettier would change nothing (npm run format)', async () => {
  expect(await runTool('prettier', ['--list-different', '.'])).toEqual(clean)
})

test('knip finds no file, export or dependency that is not used (npx knip)', async () => {
  expect(await runTool('knip', ['--no-progress', '--no-config-hints'])).toEqual(clean)
})
