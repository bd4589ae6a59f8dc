// transform.ts: JavaScript text in, the same with its context kept across every suspension out.

import MagicString, { type SourceMap } from 'magic-string'
import type { Program } from 'acorn'
import { bracket } from './bracket.ts'
import { createNames, type Names } from './names.ts'
import { parse } from './parse.ts'
import { directivesOf, scan } from './scan.ts'

/** Where transformed code finds its runtime. */
export const runtimeId = '@lightspan/await/runtime'

/** How to transform. */
export interface TransformOptions {
  /** The file's name, for its source map. */
  file?: string | undefined
  /** What the code imports its runtime from. Default: `@lightspan/await/runtime`. */
  runtime?: string | undefined
  /**
   * How: `import`, `require`, or by what the file itself does (default): a file with neither import
   * nor export that speaks of `require`, `exports` or `module` is CommonJS.
   */
  link?: 'import' | 'require' | 'auto' | undefined
}

/** Transformed code. */
export interface Transformed {
  code: string
  map: SourceMap
}

const speaksCommonJs = /\b(?:require\s*\(|exports\b|module\s*\.)/

// After a hashbang and directives (`'use client'` must come first), on an existing line.
const placeOf = (text: string, program: Program) => {
  const directive = directivesOf(program).at(-1)
  if (directive) return { at: directive.end, before: text[directive.end - 1] == ';' ? '' : ';' }
  const hashbang = /^#!.*\n?/.exec(text)
  return { at: hashbang ? hashbang[0].length : 0, before: '' }
}

const linkText = (names: Names, runtime: string, require: boolean) => {
  const used = [...names.used]
  const list = (as: string) => used.map((part) => `${part}${as}${names.local(part)}`).join(',')
  return require
    ? `const{${list(':')}}=require(${JSON.stringify(runtime)});`
    : `import{${list(' as ')}}from${JSON.stringify(runtime)};`
}

/**
 * Brackets every segment of every async function, generator and async generator in `text`, and of its
 * top level if that awaits. The result behaves the same, to the microtask; see docs/context.md.
 * @returns undefined where there is nothing to do: no suspension, or transformed before.
 * @throws a SyntaxError where `text` is not JavaScript (compile TypeScript and JSX first).
 */
export const transform = (
  text: string,
  options: TransformOptions = {},
): Transformed | undefined => {
  const { file, runtime = runtimeId, link = 'auto' } = options
  if (!/\b(?:await|yield)\b/.test(text) || text.includes(runtime)) return
  const { program, module, comments } = parse(text)
  const scopes = scan(program, module)
  if (!scopes.length) return
  const edit = new MagicString(text)
  const names = createNames(text)
  const commentAt = new Map(comments.map((it) => [it.end, it]))
  const page = { text, edit, names, commentAt }
  for (const scope of scopes) bracket(page, scope)
  if (!edit.hasChanged()) return
  const awaitsAtTop = scopes.at(-1)!.node == program
  const require =
    link == 'require' || (link == 'auto' && !module && !awaitsAtTop && speaksCommonJs.test(text))
  const { at, before } = placeOf(text, program)
  const top = awaitsAtTop ? `const ${names.frame}=${names.use('top')}();` : ''
  // before what a function or the top level has put there
  edit.prependLeft(at, before + linkText(names, runtime, require) + top)
  return {
    code: edit.toString(),
    map: edit.generateMap({
      hires: 'boundary',
      includeContent: true,
      ...(file && { source: file }),
    }),
  }
}
