// table.ts: the matrix as the table in docs/context.md.

import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import type { Engine } from '../kit/find-browsers.ts'
import type { Measured, Outcome, Way } from './matrix.ts'

/** All that was measured. */
export type Matrix = Partial<Record<Engine, Partial<Record<Way, Measured>>>>

const file = fileURLToPath(new URL('../../docs/context.md', import.meta.url))
const [begin, end] = ['<!-- matrix: begin -->', '<!-- matrix: end -->']

const signs: Record<Outcome, string> = { linked: 'yes', lost: '-', wrong: 'WRONG', absent: 'n/a' }

/** The table. Engines that agree share a word; where they differ each says its own. */
export const toTable = (matrix: Matrix): string => {
  const engines = Object.keys(matrix) as Engine[]
  const ways = Object.keys(matrix[engines[0]!]!) as Way[]
  const order = ['plain', 'transform', 'zone.js + es2016'] as const
  const columns = order.filter((it) => ways.includes(it))
  const cell = (values: readonly string[]) =>
    new Set(values).size == 1
      ? values[0]!
      : values.map((it, at) => `${engines[at]![0]!.toUpperCase()} ${it}`).join(', ')
  const names = Object.keys(matrix[engines[0]!]![columns[0]!]!.outcomes)
  const of = (way: Way, look: (measured: Measured) => string) =>
    cell(engines.map((engine) => look(matrix[engine]![way]!)))
  // How many requests strangers make depends on the machine; whether any was linked does not, or must not.
  const rows = [
    ...names.map((name) => [
      name,
      ...columns.map((way) => of(way, ({ outcomes }) => signs[outcomes[name]!])),
    ]),
    [
      'five clicks at once, 20 requests: wrong parent',
      ...columns.map((way) => of(way, ({ interleaved }) => (interleaved.wrong ? 'some' : 'none'))),
    ],
    [
      'requests of no click: linked to one',
      ...columns.map((way) => of(way, ({ strangers }) => (strangers.falsely ? 'some' : 'none'))),
    ],
  ]
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(['after a click', ...columns]),
    line(['---', ...columns.map(() => '---')]),
    ...rows.map(line),
  ].join('\n')
}

const split = async () => {
  const text = await readFile(file, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from)
    throw new Error(`docs/context.md has lost its marks ${begin} and ${end}`)
  return {
    before: text.slice(0, from + begin.length),
    table: text.slice(from + begin.length, to),
    after: text.slice(to),
  }
}

// Without the transform some outcomes are a matter of luck: what is promised is the transform's column.
/** What a table says of the transform, scenario by scenario. */
export const promisesOf = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .flatMap(([, name, , transform]) => (name?.startsWith('---') ? [] : [`${name}: ${transform}`]))

/** The table as it stands in the documentation. */
export const readTable = async (): Promise<string> => (await split()).table

/** Puts `table` into the documentation. */
export const writeTable = async (table: string): Promise<void> => {
  const { before, after } = await split()
  const options = await resolveConfig(file)
  const text = `${before}\n\n${table}\n\n${after}`
  await writeFile(file, await format(text, { ...options, parser: 'markdown' }))
}
