// read-columns.ts: the names, shapes and values of a compact batch, columns made whole again.

import { anyValue, beyond, broken, list, text, whole, type CompactLimits } from './check-compact.ts'
import type { AnyValue, KeyValue } from './otlp.ts'

type Members = Record<string, unknown>

/** What spans of one shape have in common; numbers are columns. */
export interface Shape {
  kind: number
  status: number
  remote: boolean
  columns: number[]
  links: number[][]
  events: { name: string; columns: number[] }[]
}

/** A column of exactly `count` entries: one that is shorter repeats its last. */
export const readColumn = (entries: unknown[], field: string, count: number): unknown[] => {
  if (entries.length > count)
    throw broken(field, `has ${entries.length} entries where ${count} are expected`)
  if (count && !entries.length) throw broken(field, `has no entries where ${count} are expected`)
  const whole = entries.slice()
  while (whole.length < count) whole.push(entries.at(-1))
  return whole
}

/** The names of attributes and events. */
export const readKeys = (batch: Members, limits: CompactLimits): string[] => {
  return list(batch['q'], 'q', limits.entries).map((key) => text(key, 'q'))
}

/** The shapes of spans. */
export const readShapes = (batch: Members, keys: string[], limits: CompactLimits): Shape[] => {
  const most = keys.length + 2
  const columns = (of: unknown, from = 3) =>
    list(of, 'h', limits.entries).map((at) => whole(at, 'h', from, most))
  return list(batch['h'], 'h', limits.entries).map((it) => {
    const [flags, own, links = [], ...more] = list(it, 'h', limits.entries)
    const bits = whole(flags, 'h', 0, 63)
    if ((bits & 7) > 5 || ((bits >> 3) & 3) > 2) throw broken('h', `${bits} is no kind and status`)
    const events: Shape['events'] = []
    if (more.length % 2) throw broken('h', 'ends inside an event')
    for (let at = 0; at < more.length; at += 2)
      events.push({
        name: keys[whole(more[at], 'h', 3, most) - 3]!,
        columns: columns(more[at + 1]),
      })
    return {
      kind: bits & 7,
      status: (bits >> 3) & 3,
      remote: bits > 31,
      columns: columns(own, 1),
      links: list(links, 'h', limits.entries).map((of) => columns(of)),
      events,
    }
  })
}

/** How many values each column holds. @throws where they are more than the limit in all. */
export const countUses = (
  shapes: readonly Shape[],
  head: readonly number[],
  width: number,
  limits: CompactLimits,
): number[] => {
  const uses = new Array<number>(width).fill(0)
  let left = limits.references
  const use = (columns: readonly number[]) => {
    left -= columns.length + 1
    if (left < 0) throw beyond('f', `more than ${limits.references} values`)
    for (const at of columns) uses[at]!++
  }
  use(head)
  for (const { columns, links, events } of shapes) {
    uses[0]!++
    use(columns)
    links.forEach(use)
    for (const event of events) use(event.columns)
  }
  return uses
}

/** The values of each column. @throws where they refer to what is not there, or leave some of it over. */
export const readValues = (batch: Members, uses: readonly number[], limits: CompactLimits) => {
  const table = list(batch['d'], 'd', limits.entries).map((it) => anyValue(it, 'd', limits.depth))
  const columns = list(batch['a'], 'a', limits.entries)
  if (columns.length != uses.length)
    throw broken('a', `has ${columns.length} columns where ${uses.length} are expected`)
  let next = 0
  let room = limits.text
  const values = columns.map((column, at) => {
    const entries = list(column, 'a', limits.references)
    if (entries[0] === 1)
      return readColumn(entries.slice(1), 'a', uses[at]!).map((it) => {
        if (typeof it != 'number') throw broken('a', 'expected a number')
        return anyValue(it, 'a', 0)
      })
    const seen: AnyValue[] = []
    return readColumn(entries, 'a', uses[at]!).map((reference) => {
      const n = whole(reference, 'a', 0, seen.length)
      if (!n && next >= table.length) throw broken('a', 'refers past the end of the table')
      const value = n ? seen[n - 1]! : table[next++]!
      if (!n) seen.push(value)
      room -= value.stringValue?.length ?? 0
      if (room < 0) throw beyond('a', `more than ${limits.text} characters`)
      return value
    })
  })
  if (next < table.length) throw broken('d', 'has entries that nothing refers to')
  return values
}

/** Hands out the attributes of lists of columns, in the order in which they were written. */
export const createRows = (keys: readonly string[], values: readonly AnyValue[][]) => {
  const at = values.map(() => 0)
  const value = (column: number) => values[column]![at[column]!++]!
  const rows = (columns: readonly number[]): KeyValue[] =>
    columns.map((column) => ({ key: keys[column - 3]!, value: value(column) }))
  return { value, rows }
}
