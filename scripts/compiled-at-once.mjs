// compiled-at-once.mjs: has engines compile at once what runs as a page starts.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import MagicString from 'magic-string'

const program = fileURLToPath(new URL('./called-at-start.mjs', import.meta.url))

/** Functions shorter than that are left to be compiled as they are called, in UTF-16 units: they cost more bytes. */
export const short = 150

/** Functions that may stand behind a parenthesis and do not yet. */
export const functionsIn = (node, parent = {}, found = []) => {
  const called = parent.callee == node
  const method = parent.type == 'Property' && (parent.method || parent.kind != 'init')
  if (/^(Arrow)?FunctionExpression$/.test(node.type) && !called && !method) found.push(node)
  for (const inner of Object.values(node).flat()) if (inner?.type) functionsIn(inner, node, found)
  return found
}

/**
 * A plugin for rollup, after the minifier. An engine reads over a function and compiles it when it is first called,
 * which means to read it again, on the main thread; one behind a parenthesis it compiles with the script around it,
 * mostly beside the main thread. Which run at the start is seen in a page of happy-dom.
 */
export const compiledAtOnce = () => ({
  name: 'compiled-at-once',
  renderChunk(code) {
    const called = new Set(
      execFileSync(process.execPath, [program], { input: code, encoding: 'utf8' }).split('\n'),
    )
    const text = new MagicString(code)
    for (const { start, end } of functionsIn(this.parse(code)))
      if (end - start >= short && called.has(`${start},${end}`))
        text.appendLeft(start, '(').prependRight(end, ')')
    return { code: text.toString(), map: text.generateMap({ hires: true }) }
  },
})
