// start-all.mjs: sets up, runs the demo, says where it is, and stops it when told to.

import { resolve } from 'node:path'
import { build, install, root } from '../set-up.mjs'
import { help, readOptions } from './start-options.mjs'

/** Signals that ask for an end: Ctrl-C, a supervisor, a terminal that is closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** A second Ctrl-C this long after the first is meant; npm passes the first on once more. In ms. */
const secondThought = 1000

const announcement = ({ shop, viewer }) => `
In the shop, buy a lamp. In the viewer, open the newest trace: it leads from your click to the
payment service. Aurora is a slow page, the unlucky card a failing payment. Ctrl-C stops everything.

  Shop    ${shop}
  Viewer  ${viewer}
`

// Stops once, whoever asks first.
const createEnd = (starting) => {
  let asked = 0
  return async (code, message) => {
    if (asked) {
      if (Date.now() - asked > secondThought) process.exit(1) // its processes follow it
      return
    }
    asked = Date.now()
    if (message) console.error(message)
    const demo = await starting.catch(() => undefined)
    await demo?.stop()
    process.exit(code)
  }
}

/** Does all of `npm start`. Rejects with a message for people. */
export const startAll = async (args) => {
  const options = readOptions(args)
  if (options.help) return console.log(help)
  install()
  build()
  const { run } = await import('../../packages/demo/run.mjs')
  let end = (_code, _message) => {}
  const starting = run({
    ...options,
    data: resolve(root, options.data),
    onFailure: (message) => end(1, `${message}. Stopping.`),
  })
  end = createEnd(starting)
  for (const signal of signals) process.on(signal, () => void end(0))
  console.log(announcement(await starting))
}
