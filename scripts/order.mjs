// order.mjs: searches for the order of modules in which the script is smallest, and writes it to src/script-order.ts.
// `node scripts/order.mjs [seconds]`. What is like something close by costs fewer bytes after brotli.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotli, scriptBundle } from './size.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const file = `${root}src/script-order.ts`
const seconds = Number(process.argv[2] ?? 300)

const [head] = readFileSync(file, 'utf8').split("import '")
const listed = [...readFileSync(file, 'utf8').matchAll(/^import '\.\/(.*)'$/gm)].map(([, it]) => it)

// What a module imports comes before it, whatever the list says.
const weigh = async (order) => {
  const lines = [...order, 'script.ts'].map((it) => `import ${JSON.stringify(`${root}src/${it}`)}`)
  return brotli(await scriptBundle(lines.join('\n')))
}
const below = (count) => Math.floor(Math.random() * count)

let best = await weigh(listed)
let order = listed
console.log(`${best} bytes`)
for (const end = Date.now() + seconds * 1e3; Date.now() < end;) {
  const next = [...order]
  // one module to somewhere else, or a few that lie together
  const count = Math.random() < 0.7 ? 1 : 1 + below(5)
  const moved = next.splice(below(next.length - count + 1), count)
  next.splice(below(next.length + 1), 0, ...moved)
  const bytes = await weigh(next)
  if (bytes > best) continue
  if (bytes < best) console.log(`${bytes} bytes`)
  best = bytes
  order = next
}
writeFileSync(file, head + order.map((it) => `import './${it}'\n`).join(''))
