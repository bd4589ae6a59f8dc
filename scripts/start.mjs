// start.mjs: `npm start`: sets up what is missing, then runs collector, viewer and the demo shop until Ctrl-C.

import { requireNode } from './set-up.mjs'

// The rest is written for Node 20, and would not even load in one that is too old to say so.
requireNode()

import('./lib/start-all.mjs')
  .then(({ startAll }) => startAll(process.argv.slice(2)))
  .catch((error) => {
    console.error(error.message)
    process.exit(1)
  })
