// pack-rows.ts: rows as columns, for the way between threads, where an object a row would cost more
// than all that is in it. What rows share is sent once.

import type { SpanRow } from '../span-row.ts'

type Around = Pick<SpanRow, 'service' | 'resource' | 'scope' | 'lagNs'>

const aroundOf = ({ service, resource, scope, lagNs }: SpanRow): Around => ({
  service,
  resource,
  scope,
  lagNs,
})

/** Rows as columns. */
export interface PackedRows {
  /** traceId, spanId, parentId, traceState, name, message, more by turns. */
  texts: string[]
  attributes: string[][]
  /** startNs, endNs by turns. */
  times: BigInt64Array
  /** flags, kind, status and the index in `arounds`, by turns. */
  numbers: Uint32Array
  arounds: Around[]
}

export const packRows = (rows: readonly SpanRow[]): PackedRows => {
  const texts: string[] = []
  const attributes: string[][] = []
  const times = new BigInt64Array(rows.length * 2)
  const numbers = new Uint32Array(rows.length * 4)
  const arounds: Around[] = []
  let last: SpanRow | undefined
  rows.forEach((row, at) => {
    const { traceId, spanId, parentId, traceState, name, message, more } = row
    texts.push(traceId, spanId, parentId, traceState, name, message, more)
    attributes.push(row.attributes)
    times[at * 2] = row.startNs
    times[at * 2 + 1] = row.endNs
    // the readers give the rows of a group the same text, so this compares no more than pointers
    if (last?.resource !== row.resource || last.scope !== row.scope || last.lagNs !== row.lagNs)
      arounds.push(aroundOf(row))
    last = row
    numbers.set([row.flags, row.kind, row.status, arounds.length - 1], at * 4)
  })
  return { texts, attributes, times, numbers, arounds }
}

export const unpackRows = ({ texts, attributes, times, numbers, arounds }: PackedRows): SpanRow[] =>
  attributes.map((attributes, at) => {
    const [text, number] = [at * 7, at * 4]
    const around = arounds[numbers[number + 3]!]!
    return {
      traceId: texts[text]!,
      spanId: texts[text + 1]!,
      parentId: texts[text + 2]!,
      traceState: texts[text + 3]!,
      flags: numbers[number]!,
      service: around.service,
      name: texts[text + 4]!,
      kind: numbers[number + 1]!,
      startNs: times[at * 2]!,
      endNs: times[at * 2 + 1]!,
      status: numbers[number + 2]!,
      message: texts[text + 5]!,
      attributes,
      more: texts[text + 6]!,
      resource: around.resource,
      scope: around.scope,
      lagNs: around.lagNs,
    }
  })
