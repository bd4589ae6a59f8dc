// compiled-at-once.mjs: has engines compile at once what runs as a page starts.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import MagicString from 'magic-string'

const program = fileURLToPath(new URL('./called-at-start.mjs', import.meta.url))

/** Functions shorter than that are left to be compiled as they are called, in UTF-16 units: they cost more bytes. */
const short = 25

/** Functions that may stand behind a parenthesis and do not yet. */
export const functionsIn = (node, parent = {}, found = []) => {
  const called = parent.callee == node
  const method = parent.type == 'Property' && (parent.method || parent.kind != 'init')
  if (/^(Arrow)?FunctionExpression$/.test(node.type) && !called && !method) found.push(node)
  for (const inner of Object.values(node).flat()) if (inner?.type) functionsIn(inner, node, found)
  return found
}

/** Tells of a function of this script whether it runs at the start. */
export const calledAtStart = (code) => {
  const input = { input: code, encoding: 'utf8' }
  const called = new Set(execFileSync(process.execPath, [program], input).split('\n'))
  return ({ start, end }) => called.has(`${start},${end}`)
}

/** The script with those of its functions behind a parenthesis that are long enough, and `runs` at the start. */
export const withParentheses = (code, ast, runs) => {
  const text = new MagicString(code)
  functionsIn(ast).forEach(({ start, end }, at) => {
    if (end - start >= short && runs({ start, end }, at))
      text.appendLeft(start, '(').prependRight(end, ')')
  })
  return text
}

/**
 * A plugin for rollup, after the minifier. An engine reads over a function and compiles it when it is first called,
 * which means to read it again, on the main thread; one behind a parenthesis it compiles with the script around it,
 * mostly beside the main thread. Which run at the start is seen in a page of happy-dom.
 */
export const compiledAtOnce = () => ({
  name: 'compiled-at-once',
  renderChunk(code) {
    const text = withParentheses(code, this.parse(code), calledAtStart(code))
    return { code: text.toString(), map: text.generateMap({ hires: true }) }
  },
})
