// loss.mjs: what of a page's last spans arrives when it ends, 100 times each way in three engines.
// LIGHTSPAN_MINUTES is how long one engine may take; what was tried by then counts.
// `node test/bench/loss.mjs [trials] [engine…]`: writes the rows of those engines into docs/transport.md.

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { createViteServer } from 'vitest/node'
import { findProgram } from '../../scripts/browsers.mjs'

/** Pages that live at the same time, each in a browser of its own and with a receiver of its own. */
const pagesAtOnce = { chromium: 3, firefox: 3, webkit: 1 }

/** How long one engine may take, in ms; what was tried by then counts. */
const longest = Number(process.env.LIGHTSPAN_MINUTES ?? 8) * 6e4

const everything = ['chromium', 'firefox', 'webkit']
const names = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKitGTK' }
const root = fileURLToPath(new URL('../..', import.meta.url))
const document = `${root}docs/transport.md`
const [begin, end] = ['<!-- loss: begin -->', '<!-- loss: end -->']

const [said = '100', ...asked] = process.argv.slice(2)
const trials = Number(said)
const engines = asked.length ? asked : everything

/** The lower end of Wilson's 95% interval. */
const atLeast = (arrived, sent) => {
  const z = 1.96
  const share = arrived / sent
  const middle = share + z ** 2 / (2 * sent)
  const half = z * Math.sqrt((share * (1 - share)) / sent + z ** 2 / (4 * sent ** 2))
  return (middle - half) / (1 + z ** 2 / sent)
}
const percent = (share) => `${(Math.floor(share * 1000) / 10).toFixed(1)}%`

// WebKitGTK's programs do not say; Debian knows.
const version = (engine) => {
  const [program, args] =
    engine == 'webkit'
      ? ['dpkg-query', ['-W', '-f', '${Version}', 'webkit2gtk-driver']]
      : [findProgram(engine), ['--version']]
  const { stdout } = spawnSync(program, args, { encoding: 'utf8' })
  return /\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'of unknown version'
}

// The kit is TypeScript.
const server = await createViteServer({
  root,
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, watch: null },
  optimizeDeps: { noDiscovery: true },
  resolve: {
    alias: {
      'lightspan/wire': `${root}src/wire.ts`,
      'lightspan/core': `${root}src/core.ts`,
      lightspan: `${root}src/index.ts`,
    },
  },
})
const load = (path) => server.ssrLoadModule(path)
const { leavings, tryLeaving } = await load('/test/loss/leaving.ts')
const { startReceiver } = await load('/test/loss/receiver.ts')
const { openBrowser } = await load('/test/kit/browser.ts')

// One worker of several: takes trials until there are none.
const work = async (engine, plan, note) => {
  const until = performance.now() + longest
  const [browser, receiver] = await Promise.all([openBrowser(engine), startReceiver()])
  try {
    for (let trial = plan.pop(); trial && performance.now() < until; trial = plan.pop()) {
      const { leaving, at } = trial
      note(leaving, await tryLeaving(browser, receiver, leaving, `${leaving.name} ${at}`))
    }
  } finally {
    await Promise.all([browser.close(), receiver.close()])
  }
}

const measure = async (engine) => {
  const ways = leavings.filter((it) => it.engines.includes(engine))
  // by turns, so that no way has a moment of its own
  const plan = Array.from({ length: trials }, (_, at) =>
    ways.map((leaving) => ({ leaving, at })),
  ).flat()
  const sums = new Map(
    ways.map(({ name }) => [
      name,
      { finished: 0, arrived: 0, underway: 0, open: 0, whole: 0, pages: 0 },
    ]),
  )
  const note = ({ name }, outcome) => {
    const sum = sums.get(name)
    for (const key of Object.keys(outcome)) sum[key] += outcome[key]
    sum.pages++
    if (outcome.arrived == outcome.finished) sum.whole++
  }
  await Promise.all(Array.from({ length: pagesAtOnce[engine] }, () => work(engine, plan, note)))
  return ways.map(({ name, opens = true }) => {
    const { finished, arrived, underway, open, whole, pages } = sums.get(name)
    const told = opens
      ? `${open} of ${underway}, at least ${percent(atLeast(open, underway))}`
      : 'not told'
    // Spans of one page share its fate, so that the interval is that of pages.
    return `| ${names[engine]} ${version(engine)} | ${name} | ${percent(arrived / finished)} of ${finished} | ${whole} of ${pages} | ${percent(atLeast(whole, pages))} | ${told} |`
  })
}

const text = readFileSync(document, 'utf8')
const before = text.slice(text.indexOf(begin) + begin.length, text.indexOf(end)).split('\n')
const rows = []
for (const engine of everything) {
  const measured = engines.includes(engine)
  rows.push(
    ...(measured
      ? await measure(engine)
      : before.filter((it) => it.startsWith(`| ${names[engine]} `))),
  )
  if (measured) console.log(rows.filter((it) => it.startsWith(`| ${names[engine]} `)).join('\n'))
}
await server.close()

const table = [
  '| engine | the page is to | finished spans that arrived | pages that lost none | of which, at least | open spans that arrived as open |',
  '| --- | --- | --- | --- | --- | --- |',
  ...rows,
]
const about = `Each way ${trials} times, or as often as the time allowed; 3 pages at a time (1 in WebKitGTK, whose driver has one session), on ${cpus().length} cores (${cpus()[0].model.trim()}), Node ${process.versions.node}; "at least" is the lower end of Wilson's 95% interval.`
const now = readFileSync(document, 'utf8')
writeFileSync(
  document,
  `${now.slice(0, now.indexOf(begin) + begin.length)}\n\n${table.join('\n')}\n\n${about}\n\n${now.slice(now.indexOf(end))}`,
)
spawnSync(process.execPath, ['node_modules/prettier/bin/prettier.cjs', '--write', document], {
  cwd: root,
})
