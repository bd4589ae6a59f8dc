// vitest.config.ts: one project per kind of test, so that each can be run alone (`npx vitest run --project unit`).

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// Tests see the sources, as the type checker does; what runs in browsers and workers is the build.
const alias = {
  'lightspan/core': at('src/core.ts'),
  'lightspan/wire': at('src/wire.ts'),
  lightspan: at('src/index.ts'),
  '@lightspan/edge': at('packages/edge/src/index.ts'),
  '@lightspan/await/runtime': at('packages/await/src/runtime.ts'),
  '@lightspan/await/sources': at('packages/await/src/sources.ts'),
  '@lightspan/await': at('packages/await/src/index.ts'),
  '@lightspan/otel': at('packages/otel/src/index.ts'),
  '@lightspan/worker': at('packages/worker/src/index.ts'),
  '@lightspan/zone': at('packages/zone/src/index.ts'),
}

const project = (name: string, include: string[], more: object = {}) => ({
  resolve: { alias },
  test: {
    name,
    include,
    exclude: ['**/node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    ...more,
  },
})

// Whatever starts a browser or a server runs one file at a time: two cores are soon busy.
const alone = { fileParallelism: false }

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/unit/**/*.test.ts']),
      project('gates', ['test/{size,api,types,docs,laws}/**/*.test.ts'], { testTimeout: 300_000 }),
      project('viewer', ['packages/viewer/test/**/*.test.ts'], alone),
      project('await', ['packages/await/test/**/*.test.ts'], { ...alone, testTimeout: 60_000 }),
      project('otel', ['packages/otel/test/**/*.test.ts'], alone),
      project('worker', ['packages/worker/test/**/*.test.ts'], alone),
      project('context', ['test/context/**/*.test.ts'], { ...alone, testTimeout: 240_000 }),
      project('edge', ['packages/edge/test/**/*.test.ts'], alone),
      project('collector', ['packages/collector/test/**/*.test.ts'], alone),
      project('browser', ['test/browser/**/*.test.ts'], alone),
      project('loss', ['test/loss/**/*.test.ts'], { ...alone, testTimeout: 120_000 }),
      project('e2e', ['test/e2e/**/*.test.ts'], alone),
    ],
  },
})
