// order.mjs: searches for the order of modules in which the script is smallest, and writes it to src/script-order.ts.
// `node scripts/order.mjs [seconds]`. What is like something close by costs fewer bytes after brotli. To build the script
// anew for each order takes a second; here it is compressed once, and then only put in order, mangled and weighed.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rollup/parseAst'
import { minify } from 'terser'
import { letForConst, terserOptions } from '../rollup.config.mjs'
import { calledAtStart, functionsIn, withParentheses } from './compiled-at-once.mjs'
import { brotli, budgets, orderedSizes, unminified } from './size.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const file = `${root}src/script-order.ts`
const seconds = Number(process.argv[2] ?? 300)

/** Bytes that what sees to it that spans arrive may add to the script (test/size). */
const mostForArrival = 1024

const [head] = readFileSync(file, 'utf8').split("import '")
const listed = [...readFileSync(file, 'utf8').matchAll(/^import '\.\/(.*)'$/gm)].map(([, it]) => it)
const write = (order) =>
  writeFileSync(file, head + order.map((it) => `import './${it}'\n`).join(''))

const wrap = (code) => `!function(){"use strict";${code}}();`
// The declarations of a bundle's top level, each by itself, and what is no declaration.
const piecesOf = (body) => body.flatMap(({ declarations, ...it }) => declarations ?? it)
const nameOf = (piece) => piece.id?.name ?? ''

// A bundle, compressed, piece by piece: `{ text, declares, marks }`, marks being whether each function in it runs at the
// start; by module.
const prepare = async ({ code, modules }, marked) => {
  const owner = new Map()
  for (const [id, { code: own }] of Object.entries(modules))
    for (const piece of own ? piecesOf(parseAst(own).body.map((it) => it.declaration ?? it)) : [])
      owner.set(nameOf(piece), id)
  const plain = wrap(letForConst().renderChunk.call({ parse: parseAst }, code).code)
  // that names will be short decides what is inlined, so that terser must think it may shorten them
  const reserved = [...new Set(plain.match(/[\w$]+/g))]
  const { code: text } = await minify(plain, { ...terserOptions, mangle: { reserved } })
  const called = marked ? calledAtStart(text) : () => false
  const parts = new Map()
  const [, ...body] = parseAst(text).body[0].expression.argument.callee.body.body
  let last
  for (const piece of piecesOf(body)) {
    last = owner.get(nameOf(piece)) ?? last
    const declares = piece.type == 'VariableDeclarator'
    const marks = functionsIn(piece).map(called)
    parts.set(last, [
      ...(parts.get(last) ?? []),
      { text: text.slice(piece.start, piece.end), declares, marks },
    ])
  }
  return parts
}

// What each module of a bundle imports.
const watch = (graph) => ({
  name: 'watch',
  moduleParsed: ({ id, importedIds }) => void graph.set(id, importedIds),
})
const graphs = [new Map(), new Map(), new Map()]
const bundles = await unminified(graphs.map(watch))
const [script, ground, bare] = await Promise.all(
  bundles.map(async (it, at) => ({ graph: graphs[at], parts: await prepare(it, at != 1) })),
)

// What a module imports comes before it, whatever the list says.
const inOrder = (order, { graph, parts }) => {
  const done = new Set()
  const pieces = []
  const visit = (id) => {
    if (done.has(id)) return
    done.add(id)
    graph.get(id)?.forEach(visit)
    pieces.push(...(parts.get(id) ?? []))
  }
  order.forEach((it) => visit(`${root}src/${it}`))
  ;[...parts.keys()].forEach(visit)
  return pieces
}

const weighAs = async (order, bundle) => {
  const pieces = inOrder(order, bundle)
  const texts = (declares) => pieces.filter((it) => it.declares == declares).map(({ text }) => text)
  const { code } = await minify(wrap(`let ${texts(true)};${texts(false).join('')}`), {
    ...terserOptions,
    compress: false,
  })
  const marks = pieces.flatMap((it) => it.marks)
  const ast = parseAst(code)
  if (functionsIn(ast).length != marks.length) throw new Error('the functions do not match')
  return brotli(`${withParentheses(code, ast, (_, at) => marks[at])}`.trim())
}

// Bytes of the script, and by how much the others miss what they must keep to, with the error of this short cut.
const judge = (script, ground, added) =>
  script + 1.5 * Math.max(0, added - mostForArrival + 2) + Math.max(0, ground - budgets.ground + 2)
const weigh = async (order) => {
  const whole = await weighAs(order, script)
  const added = whole - (await weighAs(order, bare))
  return [whole, await weighAs(order, ground), added]
}
const weighTruly = async () => Object.values(await orderedSizes())

const truly = await weighTruly()
const first = await weigh(listed)
console.log('script, ground, arrival:', ...truly, '(here', ...first, 'at the start)')
const error = truly.map((it, at) => it - first[at])
const score = async (order) => judge(...(await weigh(order)).map((it, at) => it + error[at]))

const below = (count) => Math.floor(Math.random() * count)
let best = judge(...truly)
let order = listed
let kept = [best, listed]
const check = async () => {
  if (order == kept[1]) return
  write(order)
  const bytes = await weighTruly()
  const real = judge(...bytes)
  console.log(`${real < kept[0] ? 'kept' : 'not kept'}:`, ...bytes)
  if (real < kept[0]) kept = [real, order]
  else write(kept[1])
}
let tries = 0
for (const end = Date.now() + seconds * 1e3; Date.now() < end;) {
  const next = [...order]
  // one module to somewhere else, or a few that lie together
  const count = Math.random() < 0.7 ? 1 : 1 + below(5)
  const moved = next.splice(below(next.length - count + 1), count)
  next.splice(below(next.length + 1), 0, ...moved)
  const bytes = await score(next)
  if (bytes <= best) {
    best = bytes
    order = next
  }
  if (++tries % 200 == 0) {
    console.log(`${tries} tries: ${best}`)
    await check()
  }
}
await check()
