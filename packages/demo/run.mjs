// run.mjs: the whole demo: collector, payments, orders and the edge worker, each a process of its own.

import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { choosePort } from './run/choose-port.mjs'
import { startProcess } from './run/start-process.mjs'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

const collectorCli = at('../collector/dist/cli.js')
const tracing = new URL('dist/services/tracing.js', import.meta.url).href

// What somebody has exported for their own collector or services is not meant for these.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(OTEL|LIGHTSPAN)_/.test(name)),
)

const check = () => {
  for (const path of [collectorCli, at('dist/worker.js')])
    if (!existsSync(path)) throw new Error(`${path} is missing: run \`npm run build\` first`)
}

const start = async (begin, { collectorPort, shopPort, data, say }) => {
  const port = await choosePort(collectorPort, 'collector', say)
  const collector = await begin('collector', {
    script: collectorCli,
    args: ['--port', port, '--data', data],
  })
  const service = (name, addresses) =>
    begin(name, {
      script: at(`dist/services/${name}.js`),
      preload: tracing,
      env: { SERVICE: `shop-${name}`, COLLECTOR: collector.url, ...addresses },
    })
  const payments = await service('payments', {})
  const orders = await service('orders', { PAYMENTS: payments.url })
  const edge = await begin('edge', {
    script: at('run/serve-worker.mjs'),
    args: [await choosePort(shopPort, 'shop', say)],
    env: { COLLECTOR: collector.url, ORDERS: orders.url },
  })
  return { collector: collector.url, viewer: collector.url + '/', shop: edge.url + '/' }
}

/**
 * Runs collector and shop. Ports: 0 takes any free one; one that is taken is told through `say`, and
 * another taken. Its processes end with this one, however it ends.
 * @throws where one of them does not start, with what it said; the others are stopped then
 */
export const run = async ({
  collectorPort = 4318,
  shopPort = 8080,
  data,
  quiet = false,
  say = quiet ? () => {} : console.log,
  onFailure = () => {},
}) => {
  check()
  const processes = []
  let stopping = false
  const stop = async () => {
    stopping = true
    // the shop before those it calls, the collector last: what they still have to send arrives
    for (const it of processes.splice(0).reverse()) await it.stop()
  }
  const begin = async (name, options) => {
    const it = await startProcess(name, {
      ...options,
      quiet,
      env: { ...environment, ...options.env },
    })
    processes.push(it)
    it.ended.then((how) => stopping || onFailure(`${name} ended (${how})`))
    return it
  }
  try {
    return { ...(await start(begin, { collectorPort, shopPort, data, say })), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

if (import.meta.url == pathToFileURL(process.argv[1] ?? '').href)
  console.error('Run `npm start` in the root of the repository.')
