// api-report.mjs: the public API of every door as one declaration file each, in test/api/, to be read in review.
// Without --write it says what differs; `npm run api` writes.

import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import prettier from 'prettier'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const root = fileURLToPath(new URL('..', import.meta.url))

const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'))

const doorsOf = (folder) => {
  const { name, private: hidden, exports = {} } = readJson(`${folder}/package.json`)
  if (hidden) return []
  return Object.entries(exports).flatMap(([path, { types }]) =>
    types
      ? [
          [
            `${name.replace('@lightspan/', '')}${path.slice(1).replace('/', '-')}.d.ts`,
            join(folder, types),
          ],
        ]
      : [],
  )
}

/** Report in test/api/ → the built declarations that it shows. */
export const doors = Object.fromEntries(
  ['.', ...readdirSync(join(root, 'packages')).map((it) => `packages/${it}`)]
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .flatMap(doorsOf),
)

const head =
  '// Public API, made by `npm run api`. A change here is a change for users: see CONTRIBUTING.md.\n\n'

/** What a report should say now. Rejects where the door is not built. */
export const reportOf = async (name) => {
  const bundle = await rollup({
    input: join(root, doors[name]),
    plugins: [dts()],
    // other packages stay what they are: only our own declarations are put together
    external: (id) => !/^[./]/.test(id),
  })
  const { output } = await bundle.generate({ format: 'es' })
  await bundle.close()
  const options = await prettier.resolveConfig(join(root, 'package.json'))
  return prettier.format(head + output[0].code, { ...options, parser: 'typescript' })
}

/** Where a report is kept. */
export const pathOf = (name) => join(root, 'test/api', name)

/** The reports that are kept. */
export const kept = () => readdirSync(join(root, 'test/api')).filter((it) => it.endsWith('.d.ts'))

const main = async (write) => {
  const before = kept()
  for (const name of Object.keys(doors)) {
    const report = await reportOf(name)
    if (before.includes(name) && report === readFileSync(pathOf(name), 'utf8')) continue
    console.log(`test/api/${name} ${write ? 'written' : 'differs: npm run api'}`)
    if (write) writeFileSync(pathOf(name), report)
    else process.exitCode = 1
  }
  for (const name of before) if (write && !(name in doors)) rmSync(pathOf(name))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await main(process.argv.includes('--write'))
