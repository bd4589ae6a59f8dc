// columns.ts: attribute values by name instead of by span, as the compact format holds them.

import type { Attributes } from '../trace/record.ts'
import { deepest, textOf } from './given.ts'

/** A value as the table holds it: what JSON has no number for travels tagged, and what is no value as text. */
export const plain = (value: unknown, depth = deepest): unknown =>
  Array.isArray(value) && depth
    ? value.map((it) => plain(it, depth - 1))
    : typeof value == 'number' && !isFinite(value)
      ? { d: `${value}` }
      : value === null || /^(nu|bo)/.test(typeof value)
        ? value
        : textOf(value)

/** Cuts a column that ends in equal entries down to the first of them. */
export const trim = <Entry>(column: Entry[]): Entry[] => {
  while (column.length > 1 && column.at(-1) === column.at(-2)) column.pop()
  return column
}

/**
 * References to the distinct ones among the values that the function returned is given: 0 for one
 * that is new, else its place among those, from 1.
 */
export const createReferences = <Value>(): ((value: Value, news: () => void) => number) => {
  const seen = new Map<Value, number>()
  return (value, news) => {
    const at = seen.get(value)
    if (at) return at
    seen.set(value, seen.size + 1)
    news()
    return 0
  }
}

/**
 * Collects values, which `make` makes plain. The first three columns are those of names, messages and trace states.
 * @returns the columns; the column of a key; a row into its columns; the members that hold it all.
 */
export const createColumns = (make: (value: unknown) => unknown) => {
  const keys: string[] = []
  const columns: unknown[][] = [[], [], []]
  const places = new Map<string, number>()
  const place = (key: string) => {
    if (!places.has(key)) {
      keys.push(key)
      places.set(key, columns.push([]) - 1)
    }
    return places.get(key)!
  }
  const row = (of: Attributes, to: number[] = []) => {
    for (const key of Object.keys(Object(of) as Attributes)) {
      const value = of[key]
      if (value !== undefined) columns[to[to.push(place(key)) - 1]!]!.push(value)
    }
    return to
  }
  const write = () => {
    const d: unknown[] = []
    const refer = (column: unknown[]) => {
      const reference = createReferences()
      return column.map((value) => reference(value, () => d.push(make(value))))
    }
    const a = columns.map((column) =>
      column.length && column.every(Number.isFinite) ? [1, ...trim(column)] : trim(refer(column)),
    )
    return { q: keys, d, a }
  }
  return [columns, place, row, write] as const
}
