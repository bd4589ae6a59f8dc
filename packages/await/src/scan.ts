// scan.ts: finds the functions of a file that can suspend, and where they do.

import type {
  AnyNode,
  ArrowFunctionExpression,
  AwaitExpression,
  BlockStatement,
  CatchClause,
  ClassDeclaration,
  ClassExpression,
  ForOfStatement,
  FunctionDeclaration,
  FunctionExpression,
  Program,
  ReturnStatement,
  TryStatement,
  VariableDeclaration,
  YieldExpression,
} from 'acorn'

/** A function, or the module itself. */
export type Body = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression | Program

/** A `for await`, or a loop whose variable is disposed of asynchronously. */
export interface Loop {
  node: ForOfStatement
  /** Where the statement starts, with its labels. */
  from: number
}

/** A block, with the `await using` declarations that are directly in it. */
export interface Disposing {
  block: BlockStatement | Program
  declarations: VariableDeclaration[]
}

/** One function that suspends, or the module, with all that has to be edited in it. */
export interface Scope {
  node: Body
  async: boolean
  generator: boolean
  strict: boolean
  usesArguments: boolean
  awaits: AwaitExpression[]
  yields: YieldExpression[]
  /** With a value that may be a thenable. */
  returns: ReturnStatement[]
  /** Awaits after which nothing of the function runs, unless a `finally` does. */
  last: Set<Node>
  loops: Loop[]
  disposing: Disposing[]
  /** Synchronous `using` declarations, with the blocks that they are directly in. */
  usings: { block: AnyNode; node: VariableDeclaration }[]
  /** `catch` and `finally` blocks that may begin after a suspension. */
  catches: CatchClause[]
  finallies: BlockStatement[]
  /** Is an async arrow whose expression may be a thenable. */
  tail: boolean
  /** Suspends at all. */
  suspends: boolean
  /** Has a form that cannot be bracketed; it stays as it is. */
  refused: boolean
  /** Names that are declared with `var` anywhere in it. */
  vars: Set<string>
}

type Node = AnyNode

const newScope = (node: Body, strict: boolean): Scope => ({
  node,
  async: node.type == 'Program' || node.async,
  generator: node.type != 'Program' && node.generator,
  strict: strict || hasUseStrict(node),
  usesArguments: false,
  awaits: [],
  yields: [],
  returns: [],
  last: new Set(),
  loops: [],
  disposing: [],
  usings: [],
  catches: [],
  finallies: [],
  tail: false,
  suspends: false,
  refused: false,
  vars: new Set(),
})

/** The directives at the start of a body. */
export const directivesOf = (node: Body): Node[] => {
  const list =
    node.type == 'Program' ? node.body : node.body.type == 'BlockStatement' ? node.body.body : []
  const end = list.findIndex((it) => it.type != 'ExpressionStatement' || it.directive === undefined)
  return list.slice(0, end < 0 ? list.length : end) as Node[]
}

const hasUseStrict = (node: Body) =>
  directivesOf(node).some((it) => it.type == 'ExpressionStatement' && it.directive == 'use strict')

/** Whether a value of this expression can be a thenable that is not the engine's own promise. */
export const maybeThenable = (node: Node): boolean => {
  switch (node.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'BinaryExpression':
    case 'UnaryExpression':
    case 'UpdateExpression':
    case 'AwaitExpression':
    case 'ArrayExpression':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ImportExpression':
      return false
    case 'ParenthesizedExpression':
      return maybeThenable(node.expression)
    case 'ConditionalExpression':
      return maybeThenable(node.consequent) || maybeThenable(node.alternate)
    case 'LogicalExpression':
      return maybeThenable(node.left) || maybeThenable(node.right)
    case 'SequenceExpression':
      return maybeThenable(node.expressions.at(-1)!)
    case 'Identifier':
      return node.name != 'undefined'
    default:
      return true
  }
}

/** Names that a pattern binds. */
const bind = (pattern: Node, names: Set<string>): void => {
  if (pattern.type == 'Identifier') names.add(pattern.name)
  else if (pattern.type == 'ObjectPattern')
    pattern.properties.forEach((it) => bind(it.type == 'Property' ? it.value : it, names))
  else if (pattern.type == 'ArrayPattern') pattern.elements.forEach((it) => it && bind(it, names))
  else if (pattern.type == 'AssignmentPattern') bind(pattern.left, names)
  else if (pattern.type == 'RestElement') bind(pattern.argument, names)
}

const isNode = (value: unknown): value is Node =>
  typeof (value as Partial<Node> | null)?.type == 'string'

const childrenOf = (node: Node): Node[] =>
  Object.values(node).flatMap((value: unknown) =>
    isNode(value) ? [value] : Array.isArray(value) ? value.filter(isNode) : [],
  )

// What the walk through a file knows at a node.
interface Walk {
  program: Program
  found: Scope[]
  /** The function that the node belongs to. */
  scope: Scope
  /** The nodes around it, up to that function. */
  chain: Node[]
}

const countOf = (scope: Scope) =>
  scope.awaits.length +
  scope.yields.length +
  scope.loops.length +
  scope.disposing.length +
  (scope.generator && scope.async ? scope.returns.length : 0)

const visitAll = (walk: Walk, nodes: readonly (Node | null | undefined)[]) => {
  for (const node of nodes) if (node) visit(walk, node)
}

const noteLast = ({ node, last }: Scope) => {
  if (node.type == 'Program') return
  const end = node.body.type == 'BlockStatement' ? node.body.body.at(-1) : node.body
  const value = end?.type == 'ExpressionStatement' ? end.expression : end
  if (value?.type == 'AwaitExpression') last.add(value)
}

// Such a function has one segment, its caller's, and nothing to give back.
const endsWithAwaits = (scope: Scope) =>
  scope.awaits.length == countOf(scope) &&
  scope.awaits.every((it) => scope.last.has(it)) &&
  !scope.catches.length &&
  !scope.finallies.length

const visitFunction = (walk: Walk, node: Body) => {
  const outer = walk.scope
  const scope = newScope(node, outer.strict)
  visitAll({ ...walk, scope, chain: [node] }, childrenOf(node))
  if (node.type == 'ArrowFunctionExpression') {
    outer.usesArguments ||= scope.usesArguments
    scope.tail = node.expression && scope.async && maybeThenable(node.body)
  }
  noteLast(scope)
  // a generator is suspended from its start
  scope.suspends = scope.generator || (countOf(scope) > 0 && !endsWithAwaits(scope))
  if (!scope.refused && (scope.suspends || scope.tail || scope.returns.length || scope.last.size))
    walk.found.push(scope)
}

// A computed key is evaluated by the function around the class; fields and static blocks cannot await.
const visitClass = (walk: Walk, node: ClassDeclaration | ClassExpression) => {
  const { scope, program } = walk
  const before = scope.strict
  const alone = () => ({ ...walk, scope: newScope(program, true), chain: [program] })
  scope.strict = true
  visitAll(walk, [node.superClass])
  for (const member of node.body.body) {
    if (member.type == 'StaticBlock') {
      visitAll(alone(), member.body)
      continue
    }
    if (member.computed) visit(walk, member.key)
    if (member.value) visit(member.type == 'PropertyDefinition' ? alone() : walk, member.value)
  }
  scope.strict = before
}

const visitTry = (walk: Walk, { block, handler, finalizer }: TryStatement) => {
  const { scope } = walk
  const before = countOf(scope)
  visit(walk, block)
  if (handler) {
    if (countOf(scope) > before) scope.catches.push(handler)
    visit(walk, handler)
  }
  if (finalizer) {
    if (countOf(scope) > before) scope.finallies.push(finalizer)
    visit(walk, finalizer)
  }
}

const noteDeclaration = ({ scope, chain }: Walk, node: VariableDeclaration) => {
  if (node.kind == 'var') node.declarations.forEach(({ id }) => bind(id, scope.vars))
  const parent = chain.at(-1)!
  if (node.kind == 'using') scope.usings.push({ block: parent, node })
  if (node.kind != 'await using' || parent.type == 'ForOfStatement') return
  if (parent.type == 'BlockStatement' || parent.type == 'Program') {
    const known = scope.disposing.find(({ block }) => block == parent)
    if (known) known.declarations.push(node)
    else scope.disposing.push({ block: parent, declarations: [node] })
  } else scope.refused = true
}

const noteLoop = ({ scope, chain }: Walk, node: ForOfStatement) => {
  const { left } = node
  if (!node.await && !(left.type == 'VariableDeclaration' && left.kind == 'await using')) return
  const outside = chain.findLastIndex(({ type }) => type != 'LabeledStatement')
  scope.loops.push({ node, from: (chain[outside + 1] ?? node).start })
}

const noteReturn = ({ scope }: Walk, node: ReturnStatement) => {
  if (node.argument?.type == 'AwaitExpression') scope.last.add(node.argument)
  if (!node.argument || !scope.async || scope.node.type == 'Program') return
  if (scope.generator || maybeThenable(node.argument)) scope.returns.push(node)
}

const visit = (walk: Walk, node: Node): void => {
  const { scope, chain } = walk
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return visitFunction(walk, node as Body)
    case 'ClassDeclaration':
    case 'ClassExpression':
      return visitClass(walk, node as ClassDeclaration)
    case 'AwaitExpression':
      scope.awaits.push(node)
      break
    case 'YieldExpression':
      scope.yields.push(node)
      break
    case 'Identifier':
      scope.usesArguments ||= node.name == 'arguments'
      break
    case 'ReturnStatement':
      noteReturn(walk, node)
      break
    case 'VariableDeclaration':
      noteDeclaration(walk, node)
      break
    case 'ForOfStatement':
      noteLoop(walk, node)
  }
  chain.push(node)
  if (node.type == 'TryStatement') visitTry(walk, node)
  else visitAll(walk, childrenOf(node))
  chain.pop()
}

/**
 * Lists the functions that suspend, inner ones first, and the module last if it does. Also async
 * functions that do not suspend themselves, but return what may be a thenable.
 */
export const scan = (program: Program, module: boolean): Scope[] => {
  const scope = newScope(program, module)
  const walk: Walk = { program, found: [], scope, chain: [program] }
  visitAll(walk, program.body)
  scope.suspends = countOf(scope) > 0
  if (scope.suspends && !scope.refused) walk.found.push(scope)
  return walk.found
}
