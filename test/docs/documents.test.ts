// The documents hold together: links lead somewhere, blocks are what they say they are, commands exist.

import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { afterAll, describe, expect, test } from 'vitest'
import { readManifest } from '../kit/packages.ts'
import { root, runNode, runTool } from '../kit/run-tool.ts'
import { anchorsOf, documents, linksOf, snippetsIn, snippetsOf } from '../kit/snippets.ts'
import { filesIn, read } from '../kit/tree.ts'

describe.each(documents)('%s', (file) => {
  test('links to files and headings that exist', () => {
    const broken = linksOf(file).filter((link) => {
      if (/^(https?|mailto):/.test(link)) return false
      const [path = '', anchor] = link.split('#')
      const target = path ? join(dirname(file), path) : file
      if (!existsSync(join(root, target))) return true
      return anchor !== undefined && !anchorsOf(target).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  test('has blocks only in languages that are checked, or that are settings of others', () => {
    const checked = ['sh', 'ts', 'html', 'json', 'js', 'text', '']
    const others = ['ini', 'nginx', 'yaml']
    expect(
      snippetsOf(file).filter(({ language }) => ![...checked, ...others].includes(language)),
    ).toEqual([])
  })

  test('has JSON that is JSON', () => {
    for (const { language, code, line } of snippetsOf(file))
      if (language == 'json')
        expect(() => JSON.parse(code) as unknown, `line ${line}`).not.toThrow()
  })
})

describe('code in the documents', () => {
  const folder = join(root, 'artefacts/snippets')
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('type-checks against what is built', async () => {
    const snippets = snippetsIn('ts')
    expect(snippets.length).toBeGreaterThanOrEqual(2)
    await mkdir(folder, { recursive: true })
    for (const { file, line, code } of snippets)
      await writeFile(
        join(folder, `${file.replaceAll('/', '_')}-${line}.ts`),
        `${code}\nexport {}\n`,
      )
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'ES2022',
          lib: ['ES2022', 'DOM', 'DOM.Iterable'],
          module: 'ESNext',
          moduleResolution: 'Bundler',
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: true,
          noEmit: true,
          types: [],
        },
        include: ['*.ts'],
      }),
    )
    const { output } = await runTool('tsc', ['-p', folder, '--pretty', 'false'], {
      owner: 'typescript',
    })
    expect(output).toBe('')
  })

  test('of JavaScript parses', () => {
    for (const { file, line, code } of snippetsIn('js')) {
      const { diagnostics } = ts.transpileModule(code, {
        reportDiagnostics: true,
        fileName: 'snippet.js',
        compilerOptions: { allowJs: true, target: ts.ScriptTarget.ES2022 },
      })
      expect(diagnostics, `${file}:${line}`).toEqual([])
    }
  })
})

/** The commands of all shell blocks, without comments. */
const commands = snippetsIn('sh').flatMap(({ file, line, code }) =>
  code
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((text) => text.replace(/(^|\s)#.*$/, '').trim())
    .filter(Boolean)
    .map((command) => [command, `${file}:${line}`] as const),
)

const { scripts = {} } = readManifest('.')

const exists = (command: string): boolean => {
  const words = command.replace(/^([A-Z_]+=\S+ )+/, '').split(/\s+/)
  const [tool = '', first = '', second = ''] = words
  if (tool == 'npm' && ['install', 'i', 'ci'].includes(first)) return true
  if (tool == 'npm') return (first == 'run' ? second : first) in scripts
  if (tool == 'npx' && first.startsWith('@lightspan/'))
    return existsSync(join(root, 'node_modules', first))
  // npx looks for a package of that name: one that is not ours
  if (tool == 'npx' && first.startsWith('lightspan-')) return false
  if (tool == 'npx') return existsSync(join(root, 'node_modules/.bin', first))
  if (tool == 'node' || tool == 'bash') return existsSync(join(root, first))
  return ['cd', 'git', 'curl', 'apt-get', 'docker', 'kill', 'export'].includes(tool)
}

describe('a command in the documents', () => {
  test.each(commands)('exists: %s (%s)', (command) => {
    expect(exists(command)).toBe(true)
  })

  test('of the collector has the options that it is given', async () => {
    const { output } = await runNode(join(root, 'packages/collector/dist/cli.js'), ['--help'])
    const given = commands
      .filter(([command]) => /lightspan-collector|@lightspan\/collector/.test(command))
      .flatMap(([command]) => command.match(/--[\w-]+/g) ?? [])
    expect(given).toContain('--port')
    for (const option of given) expect(output).toContain(option)
  })

  test.each(['start', 'test'])('npm %s has a help', async (name) => {
    const [, script = ''] = /^node (\S+)$/.exec(scripts[name] ?? '') ?? []
    const { code, output } = await runNode(join(root, script), ['--help'])
    expect(code).toBe(0)
    expect(output).toContain(`npm ${name} -- `)
  })
})

describe('what README.md says of the options', () => {
  const members = (name: string): string[] => {
    const source = ts.createSourceFile('', read('src/options.ts'), ts.ScriptTarget.Latest, true)
    return source.statements
      .filter(ts.isInterfaceDeclaration)
      .filter((it) => it.name.text == name)
      .flatMap((it) => it.members.map((member) => member.name!.getText()))
  }

  test('names all that start takes, and no other', () => {
    const section = /^## Options$([^]*?)^## /m.exec(read('README.md'))![1]!
    const named = [...section.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name!)
    const taken = [...members('BaseOptions').filter((it) => it != 'encode'), ...members('Options')]
    expect(named.sort()).toEqual(taken.sort())
  })
})

test('docs/attributes.md has every attribute of ours that a source writes', () => {
  const text = read('docs/attributes.md')
  const sources = [
    // other names in quotes: of the dictionary, and of what lies in storage
    ...filesIn('src', /\.ts$/).filter((file) => !/\/(dictionary|shared-store)\.ts$/.test(file)),
    ...filesIn('packages', /\.ts$/).filter((file) => /^packages\/(edge|await)\/src\//.test(file)),
  ]
  const written = sources.flatMap((file) =>
    [...read(file).matchAll(/['"`](lightspan\.[a-z_]+(?:\.[a-z_]+)*)['"`]/g)].map(
      ([, name]) => name!,
    ),
  )
  expect(written).toContain('lightspan.context')
  expect([...new Set(written)].filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})
