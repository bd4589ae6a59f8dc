// start-options.mjs: what `npm start` can be told.

import { parseArgs } from 'node:util'

export const help = `npm start -- [options]

Runs collector, viewer and a demo shop. Installs and builds first, where that is due.

  --port PORT       port of collector and viewer (default 4318)
  --shop-port PORT  port of the shop (default 8080)
  --data FOLDER     where the collector keeps the traces (default .data)
  --help            this text

Where a port is taken it says so and takes the next free one; 0 takes any.
Ctrl-C stops everything.`

const portOf = (name, text) => {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new Error(`--${name} ${text}: expected a port, from 0 to 65535.`)
}

/**
 * Reads the command line.
 * @param {string[]} args
 * @throws an error that says what is wrong
 */
export const readOptions = (args) => {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '4318' },
      'shop-port': { type: 'string', default: '8080' },
      data: { type: 'string', default: '.data' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  return {
    help: values.help,
    collectorPort: portOf('port', values.port),
    shopPort: portOf('shop-port', values['shop-port']),
    data: values.data,
  }
}
