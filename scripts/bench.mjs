// bench.mjs: `npm run bench`: the benchmarks, one after the other; with words, those whose path has one of them.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build, install, requireNode, root } from './set-up.mjs'

const folders = [
  'test/bench',
  ...readdirSync(join(root, 'packages')).map((it) => `packages/${it}/bench`),
]

requireNode()
const words = process.argv.slice(2)
const benchmarks = folders
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  // those that record a corpus for the others are run by hand
  .filter((file) => file.endsWith('.mjs') && !file.includes('/record-'))
  .filter((file) => !words.length || words.some((word) => file.includes(word)))
if (benchmarks.length) {
  install()
  build()
} else console.log(`no benchmark matches ${words.join(' ')}`)
for (const file of benchmarks) {
  console.log(`\n── ${file}`)
  const { status } = spawnSync(process.execPath, [file], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
