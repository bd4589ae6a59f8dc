// What the transform costs in bytes.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { minify } from 'terser'
import { expect, test } from 'vitest'
import { parts } from '../src/names.ts'
import { transform } from '../src/transform.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const sizeOf = (code: string) => ({
  minified: code.length,
  brotli: brotliCompressSync(code).length,
})

const bundle = async (contents: string, minified = false) => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: at('.') },
    bundle: true,
    minify: minified,
    write: false,
    format: 'esm',
    // only what is measured: names elsewhere, chosen anew, would add noise of their own
    packages: 'external',
    external: ['./bidi/*', './node/*'],
    platform: 'node',
    alias: { '@lightspan/await/runtime': at('../src/runtime.ts') },
  })
  return outputFiles[0]!.text
}

test('the whole runtime is at most 500 B brotli', async () => {
  const text = `import { ${parts.join(', ')} } from '../src/runtime.ts'; keep([${parts.join(', ')}])`
  const { code } = await minify(await bundle(text), {
    module: true,
    ecma: 2020,
    compress: { passes: 3, pure_getters: true, unsafe_arrows: true },
  })
  expect(sizeOf(code!).brotli).toBeLessThanOrEqual(500)
})

test('an await costs at most 24 B minified and 3 B brotli in a large bundle', async () => {
  const require = createRequire(import.meta.url)
  const folder = require.resolve('puppeteer-core').split('/lib/')[0]!
  const text = await readFile(`${folder}/lib/es5-iife/puppeteer-core-browser.js`, 'utf8')
  const { code } = transform(text)!
  // the runtime is paid once, and has a budget of its own
  const runtime = sizeOf(
    await bundle(
      `import { ${parts.join(', ')} } from '../src/runtime.ts'; keep([${parts.join(', ')}])`,
      true,
    ),
  )
  const measure = async (it: string) => sizeOf(await bundle(it, true))
  const before = await measure(text)
  const after = await measure(code)
  const count = text.match(/\bawait\b/g)!.length
  expect(count).toBeGreaterThan(200)
  expect((after.minified - before.minified - runtime.minified) / count).toBeLessThanOrEqual(24)
  expect((after.brotli - before.brotli - runtime.brotli) / count).toBeLessThanOrEqual(3)
}, 120_000)
