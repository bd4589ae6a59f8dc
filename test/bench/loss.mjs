// loss.mjs: what of a page's last spans arrives when it ends, 100 times each way in three engines.
// `node test/bench/loss.mjs [trials]`: prints the table of docs/transport.md. Needs a build and an hour.

import { spawnSync } from 'node:child_process'

const trials = process.argv[2] ?? '100'
console.log('| way | engine | arrived | share | at least (95%) | open spans told |')
console.log('| --- | ------ | ------- | ----- | -------------- | --------------- |')
const { stdout, status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'loss', 'test/loss/leaving.test.ts'],
  {
    cwd: new URL('../..', import.meta.url),
    env: { ...process.env, LIGHTSPAN_TRIALS: trials },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  },
)
for (const line of stdout.split('\n')) if (line.startsWith('| ')) console.log(line)
process.exitCode = status ?? 1
