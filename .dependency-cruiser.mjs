// .dependency-cruiser.mjs: who may import whom. ARCHITECTURE.md says why; test/laws/imports.test.ts breaks each law once.

/** Room of src/: which other rooms it may import. */
const rooms = {
  wire: [],
  trace: [],
  propagate: ['trace'],
  browser: [],
  session: ['browser'],
  export: ['wire', 'trace'],
  instrument: ['trace', 'propagate', 'browser'],
}

const law = (name, from, to) => ({ name, severity: 'error', from, to })

const roomLaws = Object.entries(rooms).map(([room, may]) =>
  law(
    `${room}-may-import`,
    { path: `^src/${room}/` },
    {
      path: '^src/',
      pathNot: `^src/(${[room, ...may].join('|')})/`,
      // what a span is, the wire has to know; code of another room it has not
      ...(room === 'wire' && { dependencyTypesNot: ['type-only'] }),
    },
  ),
)

export default {
  forbidden: [
    ...roomLaws,
    law(
      'wire-knows-types-of-trace-only',
      { path: '^src/wire/' },
      { path: '^src/', pathNot: '^src/(wire|trace)/' },
    ),
    law('no-cycles', {}, { circular: true }),
    // `cloudflare:` is the runtime's own
    law('everything-resolves', {}, { couldNotResolve: true, pathNot: '^cloudflare:' }),
    law(
      'instruments-are-strangers',
      { path: '^src/instrument/([^/]+)' },
      { path: '^src/instrument/', pathNot: '^src/instrument/$1' },
    ),
    law(
      'packages-are-strangers',
      { path: '^packages/([^/]+)/', pathNot: '^packages/demo/' },
      { path: '^packages/', pathNot: '^packages/$1/' },
    ),
    law(
      'front-door-only',
      { path: '^packages/[^/]+/src/' },
      { path: '^(src|dist)/', pathNot: '^(src|dist)/(index|core|wire)\\.' },
    ),
    law('root-ignores-packages', { path: '^src/' }, { path: '^packages/' }),
    law(
      'core-runs-anywhere',
      { path: '^src/(core|wire)\\.ts$' },
      { path: '^src/(browser|instrument)/', reachable: true },
    ),
    law(
      'nothing-imports-the-script-door',
      {},
      { path: '^src/(script|script-development|more)\\.ts$' },
    ),
    law(
      'warnings-are-for-development',
      { path: '^(src|packages)/', pathNot: '^src/(development|script-development)' },
      { path: '^src/development' },
    ),
    law(
      'the-page-carries-no-library',
      { path: '^src/' },
      {
        dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-peer', 'core'],
      },
    ),
    law('zone-is-for-zone', { pathNot: '^packages/zone/' }, { path: '/zone\\.js/' }),
    law('tests-stay-outside', { path: '^(src|packages/[^/]+/src)/' }, { path: '(^|/)test/' }),
  ],
  options: {
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'default'],
      extensions: ['.ts', '.tsx', '.mts', '.mjs', '.js', '.d.mts'],
    },
  },
}
