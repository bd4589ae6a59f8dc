// Who may import whom: the tree keeps the laws, and each law is seen to catch its breach.

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import laws from '../../.dependency-cruiser.mjs'
import { root } from '../kit/run-tool.ts'

// Its options are relative to the working directory, so each tree is cruised from within.
const cruiseFrom = async (folder: string) => {
  process.chdir(folder)
  try {
    const { output } = await cruise(
      ['src', 'packages'],
      { ruleSet: { forbidden: laws.forbidden }, validate: true, ...laws.options, baseDir: folder },
      laws.options.enhancedResolveOptions,
      { tsConfig: extractTSConfig(join(folder, 'tsconfig.json')) },
    )
    const { summary } = output as ICruiseResult
    return {
      modules: summary.totalCruised,
      broken: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    }
  } finally {
    process.chdir(root)
  }
}

test('the tree keeps every law', async () => {
  const { broken, modules } = await cruiseFrom(root)
  expect(broken).toEqual([])
  expect(modules).toBeGreaterThan(100)
})

/** A small tree that keeps every law, as the real one is laid out. */
const lawful: Record<string, string> = {
  'package.json': '{ "name": "lightspan", "type": "module" }',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'ESNext',
      moduleResolution: 'Bundler',
      allowImportingTsExtensions: true,
      noEmit: true,
      paths: {
        lightspan: ['./src/index.ts'],
        'lightspan/core': ['./src/core.ts'],
        '@lightspan/edge': ['./packages/edge/src/index.ts'],
      },
    },
  }),
  'src/index.ts': "export { start } from './start.ts'",
  'src/core.ts':
    "export { tracer } from './trace/tracer.ts'\nexport { send } from './export/send.ts'",
  'src/start.ts':
    "import { fetchSpans } from './instrument/fetch.ts'\nimport { loadSpans } from './instrument/load.ts'\nexport const start = () => [fetchSpans, loadSpans]",
  'src/script.ts': "import './index.ts'",
  'src/trace/tracer.ts': 'export interface Span {}\nexport const tracer = 1',
  'src/wire/compact.ts':
    "import type { Span } from '../trace/tracer.ts'\nexport const encode = (span: Span) => span",
  'src/propagate/header.ts':
    "import { tracer } from '../trace/tracer.ts'\nexport const header = tracer",
  'src/browser/patch.ts': 'export const patch = 1',
  'src/export/send.ts':
    "import { encode } from '../wire/compact.ts'\nimport { tracer } from '../trace/tracer.ts'\nexport const send = [encode, tracer]",
  'src/instrument/fetch.ts':
    "import { header } from '../propagate/header.ts'\nimport { patch } from '../browser/patch.ts'\nexport const fetchSpans = [header, patch]",
  'src/instrument/load.ts': 'export const loadSpans = 1',
  'packages/edge/src/index.ts':
    "import { tracer } from 'lightspan/core'\nexport const traced = tracer",
  'packages/viewer/src/main.ts': 'export const view = 1',
  'packages/demo/src/worker.ts':
    "import { traced } from '@lightspan/edge'\nimport { env } from 'cloudflare:workers'\nexport const worker = [traced, env]",
  'test/kit/site.ts': 'export const site = 1',
}

/** Law, what breaks it, and how: a file of the tree above with one line more, or a file of its own. */
const breaches: [law: string, how: string, file: string, text: string][] = [
  [
    'wire-may-import',
    'code of trace',
    'src/wire/compact.ts',
    "import { tracer } from '../trace/tracer.ts'\nexport const encode = tracer",
  ],
  [
    'wire-knows-types-of-trace-only',
    'types of export',
    'src/wire/compact.ts',
    "import type { send } from '../export/send.ts'\nexport const encode = (it: typeof send) => it",
  ],
  [
    'trace-may-import',
    'propagate',
    'src/trace/other.ts',
    "export { header } from '../propagate/header.ts'",
  ],
  [
    'propagate-may-import',
    'browser',
    'src/propagate/header.ts',
    "export { patch as header } from '../browser/patch.ts'",
  ],
  [
    'browser-may-import',
    'a type of trace',
    'src/browser/patch.ts',
    "import type { Span } from '../trace/tracer.ts'\nexport const patch = (it: Span) => it",
  ],
  [
    'session-may-import',
    'trace',
    'src/session/id.ts',
    "export { tracer } from '../trace/tracer.ts'",
  ],
  [
    'export-may-import',
    'browser',
    'src/export/send.ts',
    "export { patch as send } from '../browser/patch.ts'",
  ],
  [
    'instrument-may-import',
    'export',
    'src/instrument/fetch.ts',
    "export { send as fetchSpans } from '../export/send.ts'",
  ],
  [
    'instrument-may-import',
    'the doors',
    'src/instrument/fetch.ts',
    "import type { start } from '../start.ts'\nexport const fetchSpans = (it: typeof start) => it",
  ],
  [
    'no-cycles',
    'two files',
    'src/trace/one.ts',
    "import type { Two } from './two.ts'\nexport type One = Two",
  ],
  [
    'everything-resolves',
    'a missing file',
    'src/trace/one.ts',
    "export { one } from './nowhere.ts'",
  ],
  [
    'instruments-are-strangers',
    'a sibling',
    'src/instrument/load.ts',
    "export { fetchSpans as loadSpans } from './fetch.ts'",
  ],
  [
    'packages-are-strangers',
    'a package',
    'packages/viewer/src/main.ts',
    "export { traced as view } from '@lightspan/edge'",
  ],
  [
    'packages-are-strangers',
    'a package by its path',
    'packages/viewer/src/main.ts',
    "export { traced as view } from '../../edge/src/index.ts'",
  ],
  [
    'front-door-only',
    'a room by its path',
    'packages/edge/src/index.ts',
    "export { tracer as traced } from '../../../src/trace/tracer.ts'",
  ],
  [
    'front-door-only',
    'a file of the build',
    'packages/edge/src/index.ts',
    "export { tracer as traced } from '../../../dist/shared/tracer.js'",
  ],
  [
    'root-ignores-packages',
    'a package',
    'src/start.ts',
    "export { traced as start } from '@lightspan/edge'",
  ],
  [
    'core-runs-anywhere',
    'browser, two steps away',
    'src/trace/tracer.ts',
    "export interface Span {}\nexport { patch as tracer } from '../browser/patch.ts'",
  ],
  [
    'nothing-imports-the-script-door',
    'the front door',
    'src/index.ts',
    "import './script.ts'\nexport const start = 1",
  ],
  [
    'warnings-are-for-development',
    'a part of every page',
    'src/start.ts',
    "export { say as start } from './development/say.ts'",
  ],
  [
    'the-page-carries-no-library',
    'another dependency',
    'src/browser/patch.ts',
    "export { zip as patch } from 'fflate'",
  ],
  [
    'the-page-carries-no-library',
    'a module of Node',
    'src/trace/tracer.ts',
    "export interface Span {}\nexport { inspect as tracer } from 'node:util'",
  ],
  [
    'zone-is-for-zone',
    'the SDK',
    'packages/edge/src/index.ts',
    "import 'zone.js'\nexport const traced = 1",
  ],
  [
    'tests-stay-outside',
    'a test kit',
    'src/browser/patch.ts',
    "export { site as patch } from '../../test/kit/site.ts'",
  ],
]

const elsewhere: Record<string, string> = {
  'src/development/say.ts': 'export const say = 1',
  'src/trace/two.ts': "import type { One } from './one.ts'\nexport type Two = One | 2",
  'dist/shared/tracer.js': 'export const tracer = 1',
  'node_modules/fflate/package.json': '{ "name": "fflate", "main": "index.js" }',
  'node_modules/fflate/index.js': 'export const zip = 1',
  'node_modules/zone.js/package.json': '{ "name": "zone.js", "main": "index.js" }',
  'node_modules/zone.js/index.js': '',
}

const plant = async (files: Record<string, string>) => {
  const folder = await mkdtemp(join(tmpdir(), 'lightspan-laws-'))
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
  await mkdir(join(folder, 'node_modules'), { recursive: true })
  await symlink(
    join(root, 'node_modules', 'typescript'),
    join(folder, 'node_modules', 'typescript'),
  )
  return folder
}

describe('a planted tree', () => {
  const folders: string[] = []
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))
  const cruisePlanted = async (files: Record<string, string>) => {
    const folder = await plant(files)
    folders.push(folder)
    return cruiseFrom(folder)
  }

  test('that keeps every law passes', async () => {
    const { broken, modules } = await cruisePlanted(lawful)
    expect(broken).toEqual([])
    expect(modules).toBeGreaterThanOrEqual(Object.keys(lawful).length - 3)
  })

  test.each(breaches)('%s catches %s', async (law, _how, file, text) => {
    const { broken } = await cruisePlanted({ ...lawful, ...elsewhere, [file]: text })
    expect(broken.map((it) => it.split(':')[0])).toContain(law)
  })
})

test('each law has a breach that shows it', () => {
  const shown = new Set(breaches.map(([law]) => law))
  expect([...shown].sort()).toEqual(laws.forbidden.map(({ name }) => name).sort())
})
