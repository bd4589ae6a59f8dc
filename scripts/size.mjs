// size.mjs: what Lightspan weighs in a page: bundled, minified, brotli 11. `npm run size` prints it.

import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import nodeResolve from '@rollup/plugin-node-resolve'
import { rollup } from 'rollup'
import esbuild from 'rollup-plugin-esbuild'
import { minify } from '../rollup.config.mjs'
import { compiledAtOnce } from './compiled-at-once.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const from = (file) => JSON.stringify(join(root, file))

/** Allowed bytes per bundle. */
export const budgets = JSON.parse(readFileSync(join(root, 'budgets.json'), 'utf8'))

// A source that exists as text only; it imports what is there.
const virtual = (text) => ({
  name: 'virtual',
  resolveId: (id) => (id === 'virtual:entry' ? id : null),
  load: (id) => (id === 'virtual:entry' ? { code: text, moduleSideEffects: true } : null),
})

const sources = new Map([
  ['lightspan', 'src/index.ts'],
  ['lightspan/core', 'src/core.ts'],
  ['lightspan/wire', 'src/wire.ts'],
  ['@lightspan/edge', 'packages/edge/src/index.ts'],
  ['@lightspan/await/runtime', 'packages/await/src/runtime.ts'],
  ['@lightspan/await/sources', 'packages/await/src/sources.ts'],
  ['@lightspan/otel', 'packages/otel/src/index.ts'],
  ['@lightspan/worker', 'packages/worker/src/index.ts'],
  ['@lightspan/zone', 'packages/zone/src/index.ts'],
])

const toSources = () => ({
  name: 'to-sources',
  resolveId: (id) => (sources.has(id) ? join(root, sources.get(id)) : null),
})

const chunkOf = async (text, { format = 'es', first, plugins = [] } = {}) => {
  const made = await rollup({
    input: 'virtual:entry',
    plugins: [
      first,
      virtual(text),
      toSources(),
      esbuild({ target: 'es2022', tsconfig: join(root, 'tsconfig.json') }),
      nodeResolve({ extensions: ['.ts', '.js'], browser: true, rootDir: root }),
      ...plugins,
    ],
    // who bridges to OpenTelemetry has it already
    external: /^(node:|cloudflare:|@opentelemetry\/)/,
    treeshake: { moduleSideEffects: 'no-external' },
    onwarn: (warning) => {
      if (warning.code !== 'EMPTY_BUNDLE') throw new Error(warning.message)
    },
  })
  const { output } = await made.generate({ format, freeze: false })
  await made.close()
  return output[0]
}

/** Bundles a module given as text, as `npm run build` does, for a page. Returns the minified code. */
export const bundle = async (text, format) =>
  (await chunkOf(text, { format, plugins: [minify()] })).code.trim()

/** The sources of which something is in the bundle of a module given as text. */
export const sourcesIn = async (text) =>
  Object.entries((await chunkOf(text)).modules)
    .filter(([, { renderedLength }]) => renderedLength)
    .map(([id]) => relative(root, id))

/** Bytes of a text after brotli at its best. */
export const brotli = (text) =>
  text
    ? brotliCompressSync(text, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: 11,
          [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
        },
      }).length
    : 0

const weigh = async (text) => brotli(await bundle(text))

const scriptEntry = `import ${from('src/script.ts')}`

/** The script-tag bundle, to the byte what `npm run build` writes; or that of another entry, given as text. */
export const scriptBundle = async (entry = scriptEntry) => {
  const plugins = [minify(), compiledAtOnce()]
  const { code } = await chunkOf(entry, { format: 'iife', plugins })
  return `${code.trim()}\n//# sourceMappingURL=lightspan.js.map\n`
}

// What transformed code may call.
const runtime =
  'begin, create, top, enter, resume, pause, suspend, adopt, delegate, iterate, dispose'

// What a user writes who wants just this.
const uses = {
  start: "import { start } from 'lightspan'; start({ service: 'shop' })",
  minimal:
    "import { fetchSpans, startWith } from 'lightspan'; startWith([fetchSpans()], { service: 'shop' })",
  runtime: `import { ${runtime} } from '@lightspan/await/runtime'; globalThis.used = [${runtime}]`,
  sources: "import { asyncContext, bind } from '@lightspan/await/sources'; bind(asyncContext())",
  zone: "import { zoneContext } from '@lightspan/zone'; zoneContext()()",
  otel: "import { openTelemetry } from '@lightspan/otel'; globalThis.used = openTelemetry()",
  worker:
    "import { startWorker } from '@lightspan/worker'; globalThis.used = startWorker({ service: 'shop' })",
  messages:
    "import { hearMessages, postWithContext } from '@lightspan/worker'; globalThis.used = [hearMessages, postWithContext]",
  edge: "import { traced } from '@lightspan/edge'; export default traced({ fetch }, { service: 'shop' })",
}

// The script without what is beyond the ground: every instrumentation and both formats, and no parts. In the order in
// which the script has its modules.
const carried = [
  'everything, encodeCompact, encodeOtlp, version',
  'errorSpans, fetchSpans, interactionSpans, loadSpans, navigationSpans, webVitals, xhrSpans',
].join()
const ground = `import ${from('src/script-order.ts')}
import { openDoor } from ${from('src/door.ts')}
import { startWith, ${carried} } from 'lightspan'
const start = ({ format, instrumentations = everything(), ...options }) =>
  startWith(instrumentations, { ...options, encode: format == 'otlp' ? encodeOtlp : undefined })
openDoor({ start, ${carried} })`

// Both files of the script tag as one: everything that a page can turn on.
const whole = `import ${from('src/script.ts')}
import ${from('src/more.ts')}`

// What sees to it that spans arrive, part by part; what stands in for it where it is left out; and the other parts.
const arrival = {
  timeline: [{ createTimeline: 'src/trace/clock.ts' }, 'createTimeline'],
  openSpans: [{ createOpenSpans: 'src/export/open-spans.ts' }, 'createOpenSpans'],
  copies: [{ crashCopies: 'src/export/copies.ts' }, 'crashCopies'],
  delivery: [
    { createExporter: 'src/export/exporter.ts', readAnswer: 'src/export/answer.ts' },
    '[createExporter, readAnswer]',
  ],
  ids: [{ createIds: 'src/wire/ids.ts' }, 'createIds'],
}
const plain = {
  timeline: [{ plainTimeline: 'src/plain-parts.ts' }, 'plainTimeline'],
  delivery: [{ plainDelivery: 'src/plain-parts.ts' }, 'plainDelivery'],
}
const others = {
  visitor: [{ createVisitor: 'src/visitor.ts' }, 'createVisitor'],
  sampler: [{ createSampler: 'src/trace/sampling.ts' }, 'createSampler'],
  timing: [{ setTiming: 'src/trace/timing.ts' }, 'setTiming'],
}

// Has the script do without some of its parts; with none of them src/parts.ts as it stands, to the byte.
const without = (names) => {
  const kept = Object.entries(arrival).filter(([name]) => !names.includes(name))
  const parts = { ...others, ...plain, ...Object.fromEntries(kept) }
  const all = ['visitor', 'timeline', 'openSpans', 'delivery', 'ids', 'timing', 'sampler', 'copies']
  const there = all.filter((name) => parts[name])
  const imports = Object.entries(Object.assign({}, ...there.map((name) => parts[name][0]))).sort(
    ([, a], [, b]) => (a < b ? -1 : 1),
  )
  const lines = imports.map(([it, file]) => `import { ${it} } from ${from(file)}`)
  const values = there.map((name) => `${name}: ${name == 'delivery' ? name : parts[name][1]}`)
  const code = `${lines.join('\n')}
const delivery = ${parts.delivery[1]}
export const allParts = { ${values.join()} }`
  return { name: 'instead', load: (id) => (id === join(root, 'src/parts.ts') ? code : null) }
}

const weighWithout = async (names) => {
  const plugins = [minify(), compiledAtOnce()]
  const { code } = await chunkOf(scriptEntry, { format: 'iife', first: without(names), plugins })
  return brotli(code.trim())
}

/** What an order of modules is judged by, before the minifier: script, ground, script without what sees to arrival. */
export const unminified = ([forScript, forGround, forBare]) =>
  Promise.all([
    chunkOf(scriptEntry, { plugins: [forScript] }),
    chunkOf(ground, { plugins: [forGround] }),
    chunkOf(scriptEntry, { first: without(Object.keys(arrival)), plugins: [forBare] }),
  ])

/** Bytes of the script, and what those of its parts add to it together that see to it that spans arrive. */
export const arrivals = async () => {
  const script = await weighWithout([])
  return { script, added: script - (await weighWithout(Object.keys(arrival))) }
}

/** Bytes of what comes in the order of src/script-order.ts. */
const inOrder = async () => ({
  script: brotli(await scriptBundle()),
  ground: brotli(await bundle(ground, 'iife')),
})

/** The same, and of what sees to it that spans arrive. */
export const orderedSizes = async () => ({ ...(await inOrder()), added: (await arrivals()).added })

/** Bytes of every bundle that budgets.json bounds. */
export const sizes = async () => {
  const all = { ...(await inOrder()), whole: brotli(await bundle(whole, 'iife')) }
  for (const [name, text] of Object.entries(uses)) all[name] = await weigh(text)
  return all
}

const startOf = (names) =>
  `import { startWith, ${names.join(', ')} } from 'lightspan'; startWith([${names.map((it) => `${it}()`).join(', ')}], { service: 'shop' })`

/** Instrumentation → bytes it adds to all the others, and to nothing. */
export const instrumentations = async () => {
  const doors = readdirSync(join(root, 'src')).filter((it) => it.endsWith('.ts'))
  const names = doors.flatMap((it) =>
    [
      ...readFileSync(join(root, 'src', it), 'utf8').matchAll(
        /^export { (\w+) } from '\.\/instrument\//gm,
      ),
    ].map(([, name]) => name),
  )
  const all = await weigh(startOf(names))
  const none = await weigh(
    `import { startWith } from 'lightspan'; startWith([], { service: 'shop' })`,
  )
  const rows = []
  for (const name of names)
    rows.push({
      name,
      toAll: all - (await weigh(startOf(names.filter((it) => it !== name)))),
      alone: (await weigh(startOf([name]))) - none,
    })
  return { none, all, rows }
}

const number = (bytes) => bytes.toLocaleString('en').padStart(8)

const print = async () => {
  console.log('bundle             bytes    budget')
  for (const [name, bytes] of Object.entries(await sizes()))
    console.log(`${name.padEnd(16)}${number(bytes)}  ${number(budgets[name])}`)
  const { none, all, rows } = await instrumentations()
  console.log(`\nstartWith([])   ${number(none)}\nall of them     ${number(all)}`)
  console.log('\ninstrumentation    alone    to all')
  for (const { name, alone, toAll } of rows)
    console.log(`${name.padEnd(16)}${number(alone)}  ${number(toAll)}`)
  const { script, added } = await arrivals()
  console.log(
    `\npart of the script that sees to it that spans arrive\nall of them     ${number(added)}`,
  )
  for (const name in arrival)
    console.log(`${name.padEnd(16)}${number(script - (await weighWithout([name])))}`)
  console.log('\nBytes after rollup, terser and brotli 11.')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await print()
