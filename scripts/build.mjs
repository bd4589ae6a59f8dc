// build.mjs: everything that is built, in the order in which it needs each other.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build as buildCollector } from '../packages/collector/build.mjs'
import { build as buildDemo } from '../packages/demo/build.mjs'
import { buildViewer } from '../packages/viewer/build.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

const { status } = spawnSync(
  process.execPath,
  ['node_modules/rollup/dist/bin/rollup', '-c', '--silent'],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
if (status) process.exit(status)
await buildViewer()
await buildCollector()
await buildDemo()
