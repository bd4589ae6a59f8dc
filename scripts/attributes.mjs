// attributes.mjs: writes the table of docs/attributes.md from docs/attributes.json (`node scripts/attributes.mjs`).

import { readFileSync, writeFileSync } from 'node:fs'
import prettier from 'prettier'

const json = new URL('../docs/attributes.json', import.meta.url)
const page = new URL('../docs/attributes.md', import.meta.url)
const [begin, end] = ['<!-- attributes: begin -->', '<!-- attributes: end -->']

/** The page with its table as the JSON says. */
export const render = async () => {
  const rows = JSON.parse(readFileSync(json, 'utf8')).map(
    ({ name, type, stability, on, meaning }) =>
      `| \`${name}\` | ${type} | ${stability} | ${on} | ${meaning} |`,
  )
  const table = ['| attribute | type | stability | on | meaning |', '|-|-|-|-|-|', ...rows].join(
    '\n',
  )
  const [before, rest] = readFileSync(page, 'utf8').split(begin)
  const after = rest.split(end)[1]
  const options = await prettier.resolveConfig(page)
  return prettier.format(`${before}${begin}\n\n${table}\n\n${end}${after}`, {
    ...options,
    parser: 'markdown',
  })
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(page, await render())
