// arbitrary-program.ts: programs of functions that suspend in every way, which know their own context.

import fc from 'fast-check'

// Every function gets the context it is called in as `k`, and `p(k, n)` looks whether that is active.
// Functions only call later ones, so that every program ends.

type Kind = 'async' | 'arrow' | 'generator' | 'asyncGenerator'

interface Shape {
  kinds: readonly Kind[]
  index: number
  kind: Kind
}

let probes = 0
const probe = () => `p(k,${++probes});`

const later = ({ kinds, index }: Shape, wanted: readonly Kind[]) =>
  kinds.flatMap((kind, at) => (at > index && wanted.includes(kind) ? [at] : []))

// The engine itself asks a thenable in `Promise.resolve` and the like: no transform can see that.
const expression = (shape: Shape, thenables = true): fc.Arbitrary<string> => {
  const calls = later(shape, ['async', 'arrow'])
  const plain = fc.constantFrom(
    '0',
    'undefined',
    'Promise.resolve(1)',
    'new Sub((ok) => ok(2))',
    'shared',
    '{ then: 1 }',
  )
  const thenable = thenables ? fc.constant('').map(() => `thenable(k,${++probes})`) : plain
  const call = calls.length ? fc.constantFrom(...calls).map((at) => `f${at}(k)`) : plain
  const inner = calls.length
    ? fc.constantFrom(...calls).map((at) => `run(k+'!', () => f${at}(k+'!'))`)
    : plain
  const all = fc.tuple(call, call).map(([a, b]) => `Promise.all([${a}, ${b}, 1])`)
  const failing = fc.constant('Promise.reject(3)')
  return fc.oneof(plain, plain, thenable, call, call, inner, all, failing)
}

const iterable = (shape: Shape): fc.Arbitrary<string> => {
  const calls = later(shape, ['generator', 'asyncGenerator'])
  const plain = fc.constantFrom('[1, Promise.resolve(2)]', 'new Set([1])', '[]')
  return calls.length
    ? fc.oneof(
        plain,
        fc.constantFrom(...calls).map((at) => `f${at}(k)`),
      )
    : plain
}

const statement = (shape: Shape, depth: number): fc.Arbitrary<string> => {
  const { kind } = shape
  const isAsync = kind != 'generator'
  const isGenerator = kind == 'generator' || kind == 'asyncGenerator'
  const value = expression(shape)
  const wait = value.map((it) => `r = await ${it};`)
  const leaves: fc.Arbitrary<string>[] = [
    fc.constant('').map(probe),
    fc.constant('if (n++ % 3 == 1) throw 4;'),
    expression(shape, false).map((it) => `void Promise.resolve(${it}).catch(() => {});`),
    fc
      .constantFrom('if (n++ % 4 == 3) break;', 'if (n++ % 4 == 3) continue;')
      .map((it) => `for (const i of [1, 2]) { ${probe()} ${it} ${probe()} }`),
  ]
  if (isAsync)
    leaves.push(
      wait,
      wait,
      value.map((it) => `return ${it};`),
    )
  if (isGenerator) leaves.push(value.map((it) => `r = yield ${kind == 'generator' ? '1' : it};`))
  if (isGenerator) {
    const sync = later(shape, ['generator'])
    const any = iterable(shape)
    if (kind == 'asyncGenerator') leaves.push(any.map((it) => `r = yield* ${it};`))
    else if (sync.length) leaves.push(fc.constantFrom(...sync).map((at) => `r = yield* f${at}(k);`))
  }
  const leaf = fc.oneof(...leaves)
  if (!depth) return leaf
  const block = body(shape, depth - 1)
  const nested = [
    block.chain((a) => block.map((b) => `try { ${a} } catch (e) { ${probe()} ${b} }`)),
    block.chain((a) => block.map((b) => `try { ${a} } finally { ${probe()} ${b} }`)),
    block.map((a) => `if (n++ % 2) { ${a} } else ${probe()}`),
    block.map((a) => `for (let i = 0; i < 2; i++) { ${a} }`),
  ]
  if (isAsync) {
    const jump = fc.constantFrom(
      '',
      'if (n++ % 3) break;',
      'if (n++ % 3 == 2) continue o' + depth + ';',
      'if (n++ % 3 == 2) break o' + depth + ';',
    )
    nested.push(
      fc
        .tuple(iterable(shape), block, jump)
        .map(
          ([it, a, j]) =>
            `o${depth}: for (const o of [1, 2]) { for await (const v of ${it}) { ${probe()} ${j} ${a} } ${probe()} }`,
        ),
      fc
        .tuple(iterable(shape), jump)
        .map(
          ([it, j]) =>
            `o${depth}: for (const o of [1, 2]) for await (const { v = ${probe().slice(0, -1)} } of ${it}) { ${j} }`,
        ),
    )
  }
  return fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 3, arbitrary: fc.oneof(...nested) })
}

const body = (shape: Shape, depth: number): fc.Arbitrary<string> =>
  fc
    .array(statement(shape, depth), { minLength: 1, maxLength: 4 })
    .map((list) => list.map((it) => `${it} ${probe()}`).join('\n'))

const heads: Record<Kind, (at: number, text: string) => string> = {
  async: (at, text) => `async function f${at}(k) { let r, n = ${at}; ${text} }`,
  arrow: (at, text) => `const f${at} = async (k) => { let r, n = ${at}; ${text} };`,
  generator: (at, text) => `function* f${at}(k) { let r, n = ${at}; ${text} }`,
  asyncGenerator: (at, text) => `async function* f${at}(k) { let r, n = ${at}; ${text} }`,
}

/**
 * A program as text. It is the body of a function of `p`, `run`, `thenable`, `shared` and `Sub`, and
 * returns `(k) => Promise`: a start of its first function.
 */
export const arbitraryProgram = (kinds: readonly Kind[]): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...kinds), { minLength: 2, maxLength: 5 })
    .map((list) => ['async' as const, ...list])
    .chain((list) =>
      fc.tuple(
        ...list.map((kind, index) =>
          body({ kinds: list, index, kind }, 2).map((text) => heads[kind](index, text)),
        ),
      ),
    )
    // what runs on must end: a generator that is never closed may wait for ever, and does no harm
    .map((list) => `${list.toReversed().join('\n')}\nreturn async (k) => { await 0; return f0(k) }`)
