// parse.ts: JavaScript text as a tree, whatever kind of file it comes from.

import { parse as acorn, type Comment, type Options, type Program } from 'acorn'

/** A file that was read. */
export interface Parsed {
  program: Program
  /** Has import, export, import.meta or a top-level await: it is surely a module. */
  module: boolean
  /** Where its comments are, in order. */
  comments: readonly Comment[]
}

const moduleOnly = /^(?:Import|Export).*Declaration$/

const usesModuleSyntax = (program: Program, text: string) =>
  program.body.some(({ type }) => moduleOnly.test(type)) || /\bimport\s*\.\s*meta\b/.test(text)

/**
 * Parses `text` as a module or, where that fails, as a script or CommonJS file.
 * @throws a SyntaxError where it is neither.
 */
export const parse = (text: string): Parsed => {
  const attempt = (options: Partial<Options>) => {
    const comments: Comment[] = []
    const program = acorn(text, {
      ecmaVersion: 'latest',
      allowHashBang: true,
      onComment: comments,
      ...options,
    })
    return { program, comments }
  }
  try {
    const read = attempt({ sourceType: 'module', allowReturnOutsideFunction: true })
    return { ...read, module: usesModuleSyntax(read.program, text) }
  } catch (error) {
    try {
      return {
        ...attempt({ sourceType: 'script', allowReturnOutsideFunction: true }),
        module: false,
      }
    } catch {
      throw error // a module is what most files are: its message is the useful one
    }
  }
}
