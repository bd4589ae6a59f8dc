// test.mjs: `npm test`: sets up what is missing, runs every test, and ends with the sum.

import { requireNode } from './set-up.mjs'

// The rest would not even load in a Node that is too old to say so.
requireNode()

const { runTests } = await import('./lib/run-tests.mjs')
await runTests(process.argv.slice(2))
