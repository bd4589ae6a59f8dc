// conventions.ts: holds what arrived against the table of attributes (docs/attributes.json).

import { readFileSync } from 'node:fs'
import type { ReceivedSpan } from './received.ts'

interface Row {
  name: string
  type: string
}

const read = (): Row[] =>
  JSON.parse(readFileSync(new URL('../../docs/attributes.json', import.meta.url), 'utf8')) as Row[]

// Names without a dot are a test's own: conventions and Lightspan always have a namespace.
const ours = (name: string) => name.includes('.')

const typeOf = (value: unknown): string =>
  Array.isArray(value)
    ? `${typeOf(value[0] ?? '')}[]`
    : typeof value == 'number'
      ? Number.isInteger(value)
        ? 'int'
        : 'double'
      : typeof value

/** Attributes that the table does not know, or not with this type: `name: type`. */
export const breaches = (spans: readonly ReceivedSpan[]): string[] => {
  const types = new Map(read().map(({ name, type }) => [name, type]))
  const fits = (name: string, type: string) =>
    // a double that happens to be whole
    [type, 'any'].includes(types.get(name)!) || (type == 'int' && types.get(name) == 'double')
  const all = spans.flatMap(({ attributes, resource, events }) =>
    [attributes, resource, ...events.map((it) => it.attributes)].flatMap(Object.entries),
  ) as [string, unknown][]
  return [
    ...new Set(
      all
        .filter(([name, value]) => ours(name) && !fits(name, typeOf(value)))
        .map(([name, value]) => `${name}: ${typeOf(value)}`),
    ),
  ]
}
