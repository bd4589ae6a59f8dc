// bracket.ts: the edits that put one function's segments into brackets.

import type { AnyNode, CatchClause, Comment, FunctionDeclaration, Pattern } from 'acorn'
import type MagicString from 'magic-string'
import type { Names } from './names.ts'
import { directivesOf, maybeThenable, type Disposing, type Loop, type Scope } from './scan.ts'

/** What the edits of one file share. */
export interface Page {
  /** The original text. */
  text: string
  edit: MagicString
  names: Names
  /** The comments, by where they end. */
  commentAt: ReadonlyMap<number, Comment>
}

/** The last place before `at` that is neither blank nor comment. */
const lastCodeBefore = ({ text, commentAt }: Page, at: number): number => {
  let last = at
  for (;;) {
    while (/\s/.test(text[last - 1]!)) last--
    const comment = commentAt.get(last)
    if (!comment) return last
    last = comment.start
  }
}

/** Where `token` is after `at`, outside comments. */
const findCode = ({ text, commentAt }: Page, token: string, at: number): number => {
  const comments = [...commentAt.values()].filter(({ end }) => end > at)
  for (let from = at; ;) {
    const found = text.indexOf(token, from)
    const inside = comments.find(({ start, end }) => start <= found && found < end)
    if (!inside) return found
    from = inside.end
  }
}

// `await x` and `yield x`: the value passes through a call on its way out and on its way in.
const bracketSuspension = (
  { edit, names }: Page,
  node: { start: number; end: number; argument?: AnyNode | null | undefined },
  part: 'suspend' | 'pause' | 'delegate' | 'iterate',
  keyword: number,
) => {
  const { frame, use } = names
  edit.prependRight(node.start, `${use('enter')}(${frame},`)
  edit.appendLeft(keyword, ` ${use(part)}(${frame}${node.argument ? ',' : ''}`)
  edit.appendLeft(node.end, '))')
}

const bracketYield = (page: Page, { async }: Scope, node: Scope['yields'][number]) => {
  if (!node.delegate)
    return bracketSuspension(page, node, async ? 'suspend' : 'pause', node.start + 'yield'.length)
  const star = findCode(page, '*', node.start)
  bracketSuspension(page, node, async ? 'iterate' : 'delegate', star + 1)
}

/** The end of a statement's last expression: the statement's own, without its semicolon. */
const endOf = ({ text }: Page, { end }: AnyNode) => (text[end - 1] == ';' ? end - 1 : end)

// `return x`: the engine awaits it in an async generator, and looks for its `then` in an async function.
const bracketReturn = (page: Page, { generator }: Scope, node: Scope['returns'][number]) => {
  const { edit, names } = page
  const call = generator ? `${names.use('suspend')}(${names.frame},` : `${names.use('adopt')}(`
  edit.appendLeft(node.start + 'return'.length, ` ${call}`)
  edit.appendLeft(endOf(page, node), ')')
}

const isPlain = (pattern: AnyNode): boolean =>
  pattern.type == 'Identifier' ||
  (pattern.type == 'ObjectPattern' &&
    pattern.properties.every(
      (it) => it.type == 'Property' && !it.computed && isPlain(it.value as AnyNode),
    ))

// The variable of a loop or a catch whose pattern runs code: it is bound after the segment began.
const bindLater = (page: Page, pattern: Pattern, declare: string, semicolon = ';') => {
  const value = page.names.fresh()
  const text = page.edit.slice(pattern.start, pattern.end)
  page.edit.overwrite(pattern.start, pattern.end, value)
  return {
    value,
    binding: declare ? `${declare} ${text}=${value}${semicolon}` : `(${text}=${value});`,
  }
}

const bracketLoop = (page: Page, { node, from }: Loop) => {
  const { edit, names } = page
  const { frame, use } = names
  const resume = `${use('resume')}(${frame});`
  let entry = node.await ? resume : ''
  let exit = ''
  const { left } = node
  if (left.type == 'VariableDeclaration') {
    const pattern = left.declarations[0]!.id
    if (left.kind == 'await using') {
      const value = names.fresh()
      const name = edit.slice(pattern.start, pattern.end)
      edit.overwrite(left.start, left.end, `const ${value}`)
      entry += `try{const ${name}=${value};await using ${names.fresh()}=${use('dispose')}(${frame},${name});`
      exit = `}finally{${resume}}`
    } else if (!isPlain(pattern)) {
      const { value, binding } = bindLater(page, pattern, left.kind)
      edit.overwrite(left.start, left.end, `const ${value}`)
      entry += binding
    }
  } else if (!isPlain(left)) {
    const { value, binding } = bindLater(page, left, '')
    edit.overwrite(left.start, left.end, `const ${value}`)
    entry += binding
  }
  if (node.await) {
    edit.appendLeft(findCode(page, 'of', node.left.end) + 2, ` ${use('iterate')}(${frame},`)
    edit.prependRight(lastCodeBefore(page, node.body.start) - 1, ')')
  }
  edit.prependRight(node.body.start, `{${entry}`)
  edit.appendLeft(node.body.end, `${exit}}`)
  edit.prependRight(from, 'try{')
  edit.appendLeft(node.end, `}finally{${resume}}`)
}

// `await using x = e` keeps its variable, and what is disposed of is a stand-in that brackets. So does a
// `using` beside it: its turn may come after a suspension.
const bracketDisposing = (page: Page, scope: Scope, { block, declarations }: Disposing) => {
  const { edit, names, text } = page
  const { frame, use } = names
  const beside = scope.usings.flatMap((it) => (it.block == block ? [it.node] : []))
  for (const { start, kind, declarations: list } of [...declarations, ...beside]) {
    edit.overwrite(start, list[0]!.start, 'const ')
    list.forEach((it, index) => {
      const name = text.slice(it.id.start, it.id.end)
      const sync = kind == 'using' ? ',Symbol.dispose' : ''
      const stand = `;${kind} ${names.fresh()}=${use('dispose')}(${frame},${name}${sync})`
      const next = list[index + 1]
      if (next) edit.overwrite(it.end, next.start, `${stand};const `)
      else edit.appendLeft(it.end, stand)
    })
  }
  // At a function's end nothing follows the disposal, and a block is a statement like any other.
  if (block.type != 'BlockStatement' || (scope.node as { body?: unknown }).body == block) return
  edit.appendLeft(block.start + 1, 'try{')
  edit.prependRight(block.end - 1, `}finally{${use('resume')}(${frame})}`)
}

const bracketCatch = (page: Page, { param, body }: CatchClause) => {
  const { edit, names } = page
  const resume = `${names.use('resume')}(${names.frame});`
  if (!param || isPlain(param)) {
    edit.appendLeft(body.start + 1, resume)
    return
  }
  const { binding } = bindLater(page, param, 'let')
  edit.appendLeft(body.start + 1, `${resume}${binding}{`)
  edit.prependRight(body.end - 1, '}')
}

// A function declared in a body that becomes a block would clash with a `var` of its name.
const freeFunctions = (page: Page, scope: Scope, at: number) => {
  const { edit, text } = page
  const body = (scope.node as FunctionDeclaration).body.body
  const seen = new Map<string, FunctionDeclaration>()
  for (const it of body) {
    if (it.type != 'FunctionDeclaration') continue
    const before = seen.get(it.id.name)
    // the later one wins, as it did
    if (before) edit.remove(before.start, before.end)
    seen.set(it.id.name, it as FunctionDeclaration)
  }
  for (const [name, it] of seen) {
    if (!scope.vars.has(name)) continue
    edit.overwrite(it.id.start, it.id.end, ' ', { contentOnly: true })
    edit.prependRight(it.start, `${name}={${name}:`)
    edit.appendLeft(it.end, `}.${name};`)
    if (text.slice(it.start, it.end)) edit.move(it.start, it.end, at)
  }
}

// A generator's frame is made with the generator, not when it first runs: as a default inside a rest
// parameter, which no argument can reach and `length` does not count.
const frameAsParameter = (page: Page, scope: Scope): boolean => {
  const { edit, names, text } = page
  const node = scope.node as FunctionDeclaration
  const simple = node.params.every(({ type }) => type == 'Identifier')
  const ownStrict = directivesOf(node).find((it) =>
    text.slice(it.start, it.end).includes('use strict'),
  )
  const named = node.params.map((it) => (it as { name?: string }).name)
  if (simple && !scope.strict && (scope.usesArguments || new Set(named).size < named.length))
    return false
  if (ownStrict) return false
  const create = `${names.fresh()}:${names.frame}=${names.use('create')}()`
  const last = node.params.at(-1)
  if (last?.type == 'RestElement') {
    edit.appendLeft(last.argument.start, `{${names.fresh()}:`)
    edit.appendLeft(last.end, `=[...arguments].slice(${node.params.length - 1}),${create}}`)
    return true
  }
  const close = lastCodeBefore(page, node.body.start) - 1
  const before = text[lastCodeBefore(page, close) - 1]
  const comma = before == ',' || (before == '(' && !last) ? '' : ','
  edit.prependRight(close, `${comma}...{${create}}`)
  return true
}

const bracketBody = (page: Page, scope: Scope) => {
  const { edit, names } = page
  const { frame, use } = names
  const node = scope.node as FunctionDeclaration
  const close = `}finally{${use('pause')}(${frame})}`
  if ((node.body as AnyNode).type != 'BlockStatement') {
    const returned = scope.tail ? use('adopt') : ''
    edit.appendLeft(
      arrowEnd(page, node),
      `{const ${frame}=${use('begin')}();try{return ${returned}(`,
    )
    edit.appendLeft(node.end, `)${close}}`)
    return
  }
  const at = directivesOf(node).at(-1)?.end ?? node.body.start + 1
  const separator = page.text[at - 1] == ';' || page.text[at - 1] == '{' ? '' : ';'
  const made = scope.generator
    ? `${frameAsParameter(page, scope) ? '' : `const ${frame}=${use('create')}();`}${use('resume')}(${frame});`
    : `const ${frame}=${use('begin')}();`
  edit.appendLeft(at, `${separator}${made}try{`)
  freeFunctions(page, scope, at)
  edit.prependRight(node.body.end - 1, close)
}

// Right after the `=>`: the expression may stand in parentheses, which belong to no node.
const arrowEnd = (page: Page, node: FunctionDeclaration) => {
  let at = node.body.start
  for (;;) {
    at = lastCodeBefore(page, at)
    if (page.text.slice(at - 2, at) == '=>') return at
    at-- // a parenthesis
  }
}

const bracketModule = ({ edit, names, text }: Page) => {
  edit.append(`${text.endsWith('\n') ? '' : '\n'};${names.use('pause')}(${names.frame});\n`)
}

// A function of one segment, which may await at its end, or return, what the engine asks for its `then`.
const bracketReturned = (page: Page, scope: Scope) => {
  for (const { start, end, argument } of scope.awaits) {
    if (!maybeThenable(argument)) continue
    page.edit.appendLeft(start + 'await'.length, ` ${page.names.use('adopt')}(`)
    page.edit.appendLeft(end, ')')
  }
  scope.returns.forEach((it) => bracketReturn(page, scope, it))
  if (!scope.tail) return
  const node = scope.node as FunctionDeclaration
  page.edit.appendLeft(arrowEnd(page, node), `${page.names.use('adopt')}(`)
  page.edit.appendLeft(node.end, ')')
}

/** Edits one function, or the module. Inner functions come first. */
export const bracket = (page: Page, scope: Scope): void => {
  if (!scope.suspends) return bracketReturned(page, scope)
  scope.awaits.forEach((it) => bracketSuspension(page, it, 'suspend', it.start + 'await'.length))
  scope.yields.forEach((it) => bracketYield(page, scope, it))
  scope.returns.forEach((it) => bracketReturn(page, scope, it))
  scope.disposing.forEach((it) => bracketDisposing(page, scope, it))
  // inner loops first: where two start or end at one place, the outer one's edits go around
  scope.loops.reverse().forEach((it) => bracketLoop(page, it))
  scope.catches.forEach((it) => bracketCatch(page, it))
  scope.finallies.forEach((it) =>
    page.edit.appendLeft(it.start + 1, `${page.names.use('resume')}(${page.names.frame});`),
  )
  if (scope.node.type == 'Program') bracketModule(page)
  else bracketBody(page, scope)
}
