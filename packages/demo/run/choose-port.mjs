// choose-port.mjs: a free port, the wanted one where that is possible.

import { createServer } from 'node:net'

const host = '127.0.0.1'

const tryPort = (port) =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(port)))
  })

const reasons = { EADDRINUSE: 'is taken', EACCES: 'needs more rights' }

/** How many ports above the wanted one are tried before the system chooses. */
const neighbours = 20

/**
 * The wanted port, 0 included, or the next one that is free.
 * @param {(line: string) => void} say told that the wanted one is not to be had
 */
export const choosePort = async (wanted, what, say) => {
  for (let port = wanted; port <= Math.min(wanted + neighbours, 65_535); port++) {
    try {
      await tryPort(port)
      if (port != wanted) say(`The ${what} takes port ${port} instead.`)
      return port
    } catch (error) {
      if (!(error.code in reasons)) throw error
      if (port == wanted) say(`Port ${port} ${reasons[error.code]}.`)
    }
  }
  say(`The ${what} takes any free port instead.`)
  return 0
}
