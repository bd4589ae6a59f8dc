// Who builds for development gets the door with warnings, who builds for production nothing of it.

import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { read } from '../kit/tree.ts'
import { root, runNode } from '../kit/run-tool.ts'

// What only warnings have in them.
const mark = 'lightspan.development.v1'

const bundle = async (code: string, conditions: string[] = []) => {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: join(root, 'test'), loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions,
    // the root's `paths` lead to the sources
    tsconfigRaw: {},
  })
  return outputFiles[0]!.text
}

const use = "import { start } from 'lightspan'; start({ service: '' })"

describe('a bundler', () => {
  test('takes the warnings under the condition `development`, and not without', async () => {
    expect(await bundle(use, ['development'])).toContain(mark)
    expect(await bundle(use, ['production'])).not.toContain(mark)
    expect(await bundle(use)).not.toContain(mark)
  })

  test('takes one Lightspan, whichever door a package of ours comes by', async () => {
    const both =
      "import { start } from 'lightspan'; import { openTelemetry } from '@lightspan/otel'"
    const code = await bundle(
      `${both}; start({ service: 'shop', instrumentations: [openTelemetry()] })`,
      ['development'],
    )
    expect(code.match(/Symbol\.for\("lightspan\.context\.v1"\)/g)).toHaveLength(1)
  })

  test('ships nothing where nothing is used', async () => {
    const code = await bundle("import 'lightspan'", ['development'])
    expect(code.replace(/^(\/\/.*|"use strict";|)$/gm, '').trim()).toBe('')
  })
})

describe('Node', () => {
  const run = async (...flags: string[]) => {
    const code = `import { start } from 'lightspan'
      console.log(import.meta.resolve('lightspan').split('/').at(-1), typeof start({ service: '' }).span)`
    return runNode('--input-type=module', [...flags, '-e', code])
  }

  test('takes the warnings with --conditions=development', async () => {
    expect(await run('--conditions=development')).toEqual({
      code: 0,
      output: expect.stringMatching(
        /^lightspan: start\(\): service is ""; expected .*\ndevelopment\.js function$/m,
      ) as string,
    })
  })

  test('takes none without', async () => {
    expect(await run()).toEqual({ code: 0, output: 'index.js function' })
  })
})

test.each(['lightspan.js', 'lightspan-more.js', 'index.js', 'shared/index.js', 'core.js'])(
  'dist/%s has nothing of the warnings',
  (file) => {
    expect(read(`dist/${file}`)).not.toContain('lightspan.development')
    expect(read(`dist/${file}`)).not.toContain('expected is')
  },
)
