// What would be published, judged as tarballs: by publint, by are-the-types-wrong, and by what is in them.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allPackages, filesOf, publicPackages, readManifest } from '../kit/packages.ts'
import { root, runTool } from '../kit/run-tool.ts'

interface Packed {
  filename: string
  files: { path: string }[]
}

const folder = mkdtempSync(join(tmpdir(), 'lightspan-pack-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const pack = (from: string): { tarball: string; files: string[] } => {
  const { stdout, stderr } = spawnSync(
    'npm',
    ['pack', '--json', '--loglevel=error', `--pack-destination=${folder}`],
    { cwd: join(root, from), encoding: 'utf8', shell: process.platform == 'win32' },
  )
  if (!stdout) throw new Error(`npm pack failed: ${stderr}`)
  // a list, or by name: npm's versions differ
  const [packed] = Object.values(JSON.parse(stdout) as Packed[])
  return {
    tarball: join(folder, packed!.filename),
    files: packed!.files.map(({ path }) => path),
  }
}

describe.each(publicPackages().map(({ folder, manifest }) => [manifest.name, folder] as const))(
  '%s',
  (_, from) => {
    const manifest = readManifest(from)
    let packed: ReturnType<typeof pack>
    beforeAll(() => {
      packed = pack(from)
    })

    test('passes publint', async () => {
      const { buffer, byteOffset, byteLength } = readFileSync(packed.tarball)
      const tarball = buffer.slice(byteOffset, byteOffset + byteLength)
      const { messages, pkg } = await publint({ pack: { tarball }, strict: true })
      expect(messages.map((it) => formatMessage(it, pkg))).toEqual([])
    })

    test('has types that are right for whoever imports it', async () => {
      const typed = Object.values(manifest.exports ?? {}).some((it) => typeof it == 'object')
      if (!typed) return expect(manifest.bin).toBeDefined() // a command, imported by nobody
      // what is for the script tag has no types
      const scripts = Object.entries(manifest.exports ?? {})
        .filter(([, it]) => typeof it == 'string' && it.endsWith('.js'))
        .map(([path]) => path)
      const { code, output } = await runTool(
        'attw',
        [
          packed.tarball,
          '--profile=esm-only',
          '--no-definitely-typed',
          '--no-emoji',
          '--format=ascii',
          ...(scripts.length ? ['--exclude-entrypoints', ...scripts] : []),
        ],
        { owner: '@arethetypeswrong/cli' },
      )
      expect(output).toContain('bundler: OK')
      expect(code, output).toBe(0)
    })

    test('holds what is built, a readme and the licence, and nothing else', () => {
      const named = new Set(['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json'])
      expect(packed.files.filter((it) => !it.startsWith('dist/') && !named.has(it))).toEqual([])
      expect(packed.files).toContain('README.md')
      expect(packed.files).toContain('LICENSE')
      expect(packed.files.filter((it) => /(^|[/.])(test|spec|bench)[/.]/.test(it))).toEqual([])
    })

    test('holds a source map, with its sources, for all its code', () => {
      const code = packed.files.filter((it) => /\.c?js$/.test(it))
      expect(code.length).toBeGreaterThan(0)
      for (const file of code) {
        expect(packed.files).toContain(`${file}.map`)
        const map = JSON.parse(readFileSync(join(root, from, `${file}.map`), 'utf8')) as {
          sources: string[]
          sourcesContent?: (string | null)[]
        }
        expect(map.sourcesContent?.filter(Boolean)).toHaveLength(map.sources.length)
      }
    })

    test('exports only what is in it', () => {
      const files = [
        ...Object.values(manifest.exports ?? {}).flatMap(filesOf),
        ...Object.values(manifest.bin ?? {}),
      ]
      for (const file of files) expect(packed.files).toContain(file.replace('./', ''))
    })
  },
)

describe('the packages agree', () => {
  const { version, license } = readManifest('.')

  test.each(allPackages().map(({ manifest }) => [manifest.name, manifest] as const))(
    '%s has the same version and licence as all',
    (_, manifest) => {
      expect(manifest).toMatchObject({ version, license })
      expect(manifest.peerDependencies?.['lightspan'] ?? `^${version}`).toBe(`^${version}`)
    },
  )

  test('src/version.ts says the version of package.json', async () => {
    const source = (await import('../../src/version.ts')) as { version: string }
    expect(source.version).toBe(version)
  })

  test('CHANGELOG.md has an entry for it', () => {
    expect(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')).toMatch(
      new RegExp(`^## \\[?${version.replaceAll('.', '\\.')}\\b`, 'm'),
    )
  })
})
