// The transform as text: what goes in, what comes out.

import { describe, expect, test } from 'vitest'
import { transform } from '../src/transform.ts'

// Short names read better than the real ones, and the import is the same everywhere.
const out = (text: string) =>
  transform(text)
    ?.code.replace(/import\{.*?runtime";/, '')
    .replace(/\$lsEnter\(\$ls/g, 'E($')
    .replace(/\$lsResume\(\$ls/g, 'R($')
    .replace(/\$lsSuspend\(\$ls/g, 'S($')
    .replace(/\$lsPause\(\$ls/g, 'P($')
    .replace(/\$ls([A-Z]\w+)/g, '$1')
    .replaceAll('$ls', '$')

describe('what comes out', () => {
  test.each([
    [
      'async function f() { await a; b() }',
      'async function f() {const $=Begin();try{ E($,await S($, a)); b() }finally{P($)}}',
    ],
    ['async function f() { b(); await a }', 'async function f() { b(); await Adopt( a) }'],
    [
      'async (a) => { if (a) return await a\nawait b }',
      'async (a) => { if (a) return await Adopt( a)\nawait Adopt( b) }',
    ],
    ['const f = async () => await a', 'const f = async () => await Adopt( a)'],
    [
      'const f = async () => ({ a: await b })',
      'const f = async () =>{const $=Begin();try{return Adopt( ({ a: E($,await S($, b)) }))}finally{P($)}}',
    ],
    [
      'async function f() { "use strict"\nawait 0; a }',
      'async function f() { "use strict";const $=Begin();try{\nE($,await S($, 0)); a }finally{P($)}}',
    ],
    [
      'async function f() { try { await a } catch { b() } finally { c() } }',
      'async function f() {const $=Begin();try{ try { E($,await S($, a)) } catch {R($); b() } finally {R($); c() } }finally{P($)}}',
    ],
    [
      'async function f() { try { a() } catch { b() } await c; d }',
      'async function f() {const $=Begin();try{ try { a() } catch { b() } E($,await S($, c)); d }finally{P($)}}',
    ],
    [
      'async function f() { for await (const a of b) c(a) }',
      'async function f() {const $=Begin();try{ try{for await (const a of Iterate($, b)) {R($);c(a)}}finally{R($);} }finally{P($)}}',
    ],
    [
      'function* f(a) { return yield a }',
      'function* f(a,...{$1:$=Create()}) {R($);try{ return E($,yield P($, a)) }finally{P($)}}',
    ],
    [
      'async function* f() { yield* a; return b }',
      'async function* f(...{$1:$=Create()}) {R($);try{ E($,yield* Iterate($, a)); return S($, b) }finally{P($)}}',
    ],
    [
      'async function f() { await 0; return thing() }',
      'async function f() {const $=Begin();try{ E($,await S($, 0)); return Adopt( thing()) }finally{P($)}}',
    ],
    ['await a', 'const $=Top();E($,await S($, a))\n;P($);\n'],
  ])('of %s', (before, after) => expect(out(before)).toBe(after))
})

describe('where the import goes', () => {
  test.each([
    [
      'export const f = async () => await a',
      /^import\{.*\}from"@lightspan\/await\/runtime";export/,
    ],
    ["'use client'\nimport a from 'a'\nawait a", /^'use client';import\{.*\nimport a from 'a'/],
    ['#!/usr/bin/env node\nawait 0', /^#!\/usr\/bin\/env node\nimport\{/],
    [
      'exports.f = async () => { await a }',
      /^const\{.*\}=require\("@lightspan\/await\/runtime"\);exports/,
    ],
    ['"use strict";module.exports = async () => { await a }', /^"use strict";const\{.*\}=require/],
  ])('in %s', (before, after) => expect(transform(before)?.code).toMatch(after))
})

describe('what is left as it is', () => {
  test.each([
    'export const a = () => fetch("/")',
    'export const a = async () => fetch("/")',
    'async function f() { return other() }',
    '// await\nexport const yields = 1',
  ])('%s', (text) => expect(transform(text)).toBeUndefined())

  test('code that was transformed before', () => {
    const once = transform('export const f = async () => await a')!.code
    expect(transform(once)).toBeUndefined()
  })

  test('lines: none is added but after the end', () => {
    const text = 'import a from "a"\n\nasync function f() {\n  await a\n}\n\nexport { f }\n'
    expect(transform(text)!.code.split('\n')).toHaveLength(text.split('\n').length)
  })

  test('names: those of the file are not taken', () => {
    const { code } = transform('const $ls = 1, $ls_ = 2; async () => { await $ls; $ls_ }')!
    expect(code).toContain('const $ls__=')
  })
})

test('what is no JavaScript is an error that says where', () =>
  expect(() => transform('const a: string = await b')).toThrow(/\(1:7\)/))
