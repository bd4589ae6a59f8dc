// The code as a whole: it type-checks, is linted and formatted, and holds nothing that nobody uses.

import { expect, test } from 'vitest'
import { findings, runTool } from '../kit/run-tool.ts'

const clean = async (tool: ReturnType<typeof runTool>) => {
  const found = await findings(tool)
  // in the message, where the list of failures at the end shows it too
  expect(found === '', found).toBe(true)
}

test('everything type-checks (npx tsc)', () =>
  clean(runTool('tsc', ['--pretty', 'false'], { owner: 'typescript' })))

test('ESLint finds nothing (npx eslint .)', () =>
  clean(runTool('eslint', ['.', '--max-warnings=0'])))

test('Prettier would change nothing (npm run format)', () =>
  clean(runTool('prettier', ['--list-different', '.'])))

test('knip finds no file, export or dependency that is not used (npx knip)', () =>
  clean(runTool('knip', ['--no-progress', '--no-config-hints'])))
