// compact.ts: writes Lightspan's own columnar batch (docs/wire.md), small enough to leave uncompressed.

import type { Attributes, AttributeValue } from '../trace/record.ts'
import type { Batch } from './batch.ts'

/** Version that this encoder writes and the decoder reads. */
export const compactVersion = 1

// What JSON has no number for travels tagged; the table holds everything else as it is.
const tableValue = (value: AttributeValue): unknown =>
  typeof value == 'object'
    ? value.map(tableValue)
    : typeof value == 'number' && !isFinite(value)
      ? { d: `${value}` }
      : value

/**
 * Encodes a batch in the compact format, version 1.
 * @returns JSON text; docs/wire.md is its specification.
 */
export const encodeCompact = ({
  resource,
  scope,
  origin,
  sent,
  key,
  dropped,
  spans,
}: Batch): string => {
  const table: unknown[] = []
  const shapes: number[][] = []
  const seen = new Map<unknown, number>()

  // 0 announces the next entry of the list, n repeats entry n - 1: repeats and news both compress.
  const refer = <Entry>(list: Entry[], id: unknown, make: () => Entry): number => {
    const known = seen.get(id)
    if (known) return known
    const entry = make()
    seen.set(id, list.push(entry))
    return 0
  }
  const value = (it: AttributeValue) => {
    const entry = tableValue(it)
    const id =
      typeof it == 'object' ? '[' + JSON.stringify(entry) : typeof it == 'string' ? '"' + it : it
    return refer(table, id, () => entry)
  }
  const attributes = (of: Attributes, row: number[] = []): number[] => {
    const names = Object.keys(of).filter((name) => of[name] !== undefined)
    row.push(refer(shapes, '{' + JSON.stringify(names), () => names.map(value)))
    for (const name of names) row.push(value(of[name]!))
    return row
  }
  const micros = (time: number) => Math.round(time * 1e3)

  const index = new Map(spans.map(({ spanId }, at) => [spanId, at]))
  const head = [...attributes(resource), value(scope.name), value(scope.version)]
  const traces: number[] = []
  const parents: (number | string)[] = []
  const names: number[] = []
  const kinds: number[] = []
  const starts: number[] = []
  const lengths: number[] = []
  const rows: number[] = []
  const events: number[][] = []
  const links: number[][] = []
  const marks: (number | string)[][] = []
  let ids = ''
  let last = 0

  spans.forEach((span, at) => {
    const start = micros(span.start)
    const parent = span.parentId && index.get(span.parentId)
    ids += span.spanId
    traces.push(value(span.traceId))
    parents.push(parent === undefined || parent === '' ? span.parentId || 0 : parent - at)
    names.push(value(span.name))
    kinds.push(span.kind)
    starts.push(start - last)
    lengths.push(micros(span.duration))
    attributes(span.attributes, rows)
    last = start
  })
  spans.forEach((span, at) => {
    for (const it of span.events)
      events.push(
        attributes(it.attributes, [at, micros(it.time) - micros(span.start), value(it.name)]),
      )
    for (const it of span.links)
      links.push(attributes(it.attributes, [at, value(it.traceId), value(it.spanId)]))
    if (span.status || span.message || span.traceState || span.remote)
      marks.push([at, span.status, span.message || '', span.remote ? 1 : 0, span.traceState || ''])
  })
  return JSON.stringify({
    v: compactVersion,
    k: key,
    o: micros(origin),
    n: micros(sent),
    x: dropped,
    d: table,
    h: shapes,
    r: head,
    i: ids,
    t: traces,
    p: parents,
    m: names,
    c: kinds,
    s: starts,
    e: lengths,
    a: rows,
    w: events,
    l: links,
    f: marks,
  })
}
