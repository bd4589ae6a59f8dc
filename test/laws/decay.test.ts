// Decay, noticed early: alarms on what grows by itself, each with its limit beside it.

import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { allPackages, readManifest } from '../kit/packages.ts'
import { filesIn, read } from '../kit/tree.ts'

const sdk = filesIn('src', /\.ts$/)
const inPackages = filesIn('packages', /\.(tsx?|mjs)$/)
const shipped = [...sdk, ...inPackages.filter((file) => /^packages\/[^/]+\/src\//.test(file))]
const tests = [...filesIn('test', /\.ts$/), ...inPackages.filter((file) => file.includes('/test/'))]

const share = (values: readonly number[], part: number) =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * part) - 1]!

const lines = (text: string) => text.trimEnd().split('\n').length

const nodesOf = (file: string): ts.Node[] => {
  const nodes: ts.Node[] = []
  const visit = (node: ts.Node) => {
    nodes.push(node)
    node.forEachChild(visit)
  }
  visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true))
  return nodes
}

const isFunction = (node: ts.Node) =>
  ts.isArrowFunction(node) ||
  ts.isFunctionExpression(node) ||
  ts.isFunctionDeclaration(node) ||
  ts.isMethodDeclaration(node)

const isCast = (node: ts.Node) =>
  (ts.isAsExpression(node) && node.type.getText() != 'const') || ts.isNonNullExpression(node)

describe('the SDK', () => {
  test('has short files: half at most 80 lines, nine of ten at most 200', () => {
    const lengths = sdk.map((file) => lines(read(file)))
    expect(lengths.length).toBeGreaterThan(30)
    expect(share(lengths, 0.5)).toBeLessThanOrEqual(80)
    expect(share(lengths, 0.9)).toBeLessThanOrEqual(200)
  })

  test('has short functions: nine of ten at most 30 lines', () => {
    const lengths = sdk
      .flatMap(nodesOf)
      .filter(isFunction)
      .map((node) => lines(node.getText()))
    expect(lengths.length).toBeGreaterThan(100)
    expect(share(lengths, 0.9)).toBeLessThanOrEqual(30)
  })

  test('tells the compiler better at most once in 25 lines (`as`, `!`)', () => {
    const casts = sdk.flatMap(nodesOf).filter(isCast).length
    expect(casts).toBeLessThanOrEqual(sdk.reduce((sum, file) => sum + lines(read(file)), 0) / 25)
  })

  test('depends on nothing', () => {
    expect(Object.keys(readManifest('.').dependencies ?? {})).toEqual([])
  })

  test('imports or exports an instrumentation in at most three files', () => {
    const exported = sdk.flatMap((file) => [
      ...read(file).matchAll(/^export { (\w+) } from '\.\/instrument\//gm),
    ])
    expect(exported.length).toBeGreaterThanOrEqual(7)
    for (const [, name] of exported)
      expect(
        sdk.filter((file) => new RegExp(`{[^}]*\\b${name}\\b[^}]*} from`).test(read(file))).length,
        name,
      ).toBeLessThanOrEqual(3)
  })
})

describe('no source', () => {
  const holding = (files: readonly string[], what: RegExp) =>
    files.filter((file) => what.test(read(file)))

  test('is unfinished', () => {
    expect(holding(shipped, /\b(TODO|FIXME|XXX|HACK)\b/)).toEqual([])
  })

  test('silences the compiler', () => {
    expect(holding(shipped, /@ts-(expect-error|ignore|nocheck)/)).toEqual([])
  })

  test('silences the linter without a reason, and few do with one', () => {
    expect(holding(shipped, /eslint-disable(?!-next-line [\w-]+ -- .{10})/)).toEqual([])
    expect(holding(shipped, /eslint-disable/).length).toBeLessThanOrEqual(2)
  })

  test('exports a reset, which would mean that a module has state', () => {
    expect(holding(shipped, /export (const|function) reset/)).toEqual([])
  })

  test('has another first line than its name and what it gives', () => {
    const named = (file: string) => {
      const name = file.split('/').at(-1)!.replaceAll('.', '\\.')
      return new RegExp(`^(#!.*\n)?// ${name}: .+`).test(read(file))
    }
    expect(shipped.filter((file) => !named(file))).toEqual([])
  })

  test('is called utils, helpers, common or misc', () => {
    expect(shipped.filter((file) => /\/(utils?|helpers?|common|misc)\.tsx?$/.test(file))).toEqual(
      [],
    )
  })
})

describe('no test', () => {
  const holding = (what: RegExp) =>
    tests.filter((file) => !file.endsWith('decay.test.ts') && what.test(read(file)))

  test('is skipped, focused, or expected to fail', () => {
    expect(holding(/\b(test|it|describe)\.(only|skip|todo|fails|skipIf|runIf)\b/)).toEqual([])
  })

  test('is tried again when it fails', () => {
    expect(holding(/\b(test|it|describe)\b.*{[^}\n]*\bretry:/)).toEqual([])
    expect(read('vitest.config.ts')).not.toContain('retry')
  })
})

test('every dependency has one exact version', () => {
  const ranges = allPackages().flatMap(({ manifest: { name, dependencies, devDependencies } }) =>
    Object.entries({ ...dependencies, ...devDependencies })
      .filter(([, version]) => !/^(\d+\.\d+\.\d+[-.\w]*|file:.+)$/.test(version))
      .map(([dependency, version]) => `${name}: ${dependency} ${version}`),
  )
  expect(ranges).toEqual([])
})

test('package-lock.json names no registry: npm asks the one that is configured', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { resolved?: string; integrity?: string }>
  }
  const resolved = Object.values(packages).flatMap((it) => it.resolved ?? [])
  expect(resolved.filter((it) => it.includes('://'))).toEqual([])
  expect(Object.values(packages).filter((it) => it.integrity).length).toBeGreaterThan(100)
  expect(read('.npmrc')).toMatch(/^omit-lockfile-registry-resolved=true$/m)
})
