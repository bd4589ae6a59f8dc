// The types as a user's compiler sees them: through `exports`, from what is built, with no leniency.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root, runTool } from '../kit/run-tool.ts'

const compile = (args: readonly string[]) =>
  runTool('tsc', ['-p', join(root, 'test/types'), ...args], { owner: 'typescript' })

test.each([
  ['Node', []],
  ['a bundler', ['--module', 'ESNext', '--moduleResolution', 'Bundler', '--skipLibCheck']],
])('what may be said compiles, what may not does not, resolved as by %s', async (_, args) => {
  expect(await compile(args)).toEqual({ code: 0, output: '' })
})

test('they come from the build, not from the sources', async () => {
  const { output } = await compile(['--listFilesOnly'])
  const ours = output
    .split('\n')
    .filter((it) => it.startsWith(root) && !it.includes('node_modules'))
  expect(ours).toContain(join(root, 'dist/index.d.ts'))
  expect(ours.filter((it) => it.includes('/src/'))).toEqual([])
})
