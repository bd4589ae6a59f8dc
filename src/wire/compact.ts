// compact.ts: writes Lightspan's own columnar batch (docs/wire.md), small enough to leave uncompressed.

import type { SpanRecord } from '../trace/record.ts'
import type { Batch } from './batch.ts'
import { createColumns, createReferences, plain, trim } from './columns.ts'
import { kindOf, textOf, timeOf } from './given.ts'

/** Version that this encoder writes and the decoder reads. */
export const compactVersion = 1

type Entry = number | string

/** The order in which spans are written: by start; of those that start at once the last to end first. */
export const inOrder = (spans: readonly SpanRecord[]): SpanRecord[] =>
  [...spans].reverse().sort((a, b) => timeOf(a.start) - timeOf(b.start))

// The columns of spans; times are in 1 / `perMilli` ms, and come apart for they get a unit yet.
const writeSpans = (batch: Batch, perMilli: number, make: typeof plain) => {
  const { spans: given, ids, resource } = batch
  const spans = inOrder(given)
  const [columns, place, row, write] = createColumns(make)
  const formOf = createReferences<string>()
  const traceOf = createReferences<string>()
  const places = new Map<string | undefined, number>()
  const r = row(resource)
  const [i, p, t, z]: [Entry[], Entry[], Entry[], Entry[]] = [[], [], [], []]
  const [f, s, e, w]: [number[], number[], number[], number[]] = [[], [], [], []]
  const h: string[] = []
  let counter = 0
  let last = 0

  const whole = (time: number) => Math.round(timeOf(time) * perMilli)
  const find = (id: string) => ids?.find(id)
  // A trace by reference, by counter, or as it stands.
  const trace = (id: string): Entry => {
    let entry: Entry = 0
    const own = find(id)!
    return traceOf(id, () => (entry = own <= counter ? own - counter : id)) || entry
  }
  spans.forEach((span, at) => {
    const { traceId, spanId, parentId } = span
    const own = find(spanId)
    const parent = places.get(parentId)
    i.push(own === undefined ? spanId : own - counter)
    counter = own ?? counter
    if (parent !== undefined && spans[parent]!.traceId == traceId) p.push(at - parent)
    else {
      p.push(parentId ? `${find(parentId) ?? parentId}` : 0)
      t.push(trace(traceId))
    }
    places.set(spanId, at)

    let before = whole(span.start)
    s.push(before - last)
    // an end that is no whole number for the reader would cost the batch
    e.push(Math.min(whole(span.duration), 9e15 - before))
    last = before
    columns[0]!.push(textOf(span.name))
    const keys = [span.message, span.traceState].flatMap((text, at) =>
      text ? columns[at + 1]!.push(textOf(text)) && at + 1 : [],
    )
    const form: unknown[] = [
      kindOf(span.kind) + 8 * span.status + (span.remote ? 32 : 0),
      row(span.attributes, keys),
      span.links.map((link) => {
        z.push(trace(link.traceId), find(link.spanId) ?? link.spanId)
        return row(link.attributes)
      }),
    ]
    for (const { name, time, attributes } of span.events) {
      w.push(whole(time) - before)
      before = whole(time)
      form.push(place(textOf(name)), row(attributes))
    }
    const text = JSON.stringify(form)
    f.push(formOf(text, () => h.push(text)))
  })
  const members = { ...write(), r, f: trim(f), i: trim(i), p: trim(p), t: trim(t), z }
  return [members, { s, e, w }, h] as const
}

/**
 * Encodes a batch in the compact format, version 1. Spans are written in the order of their starts.
 * @param perMilli how finely times are kept, in units a ms: 1e3, whole microseconds.
 * @param extra what only a translator from OTLP has to say (docs/wire.md, "What OTLP says besides").
 * @param make makes a value what the table holds (docs/wire.md, "Values").
 * @returns JSON text; docs/wire.md is its specification.
 */
export const encodeCompact = (
  batch: Batch,
  perMilli = 1e3,
  extra?: object,
  make: (value: unknown) => unknown = plain,
): string => {
  const { scope, origin, wall, sent, ids } = batch
  const [members, times, forms] = writeSpans(batch, perMilli, make)
  const now = Math.round(sent * perMilli)
  // The largest unit up to an hour that all times are multiples of: clocks are coarse, and digits cost bytes.
  let unit = perMilli * 36e5
  for (let time of [now, ...Object.values(times).flat()])
    while (time) [unit, time] = [time, unit % time]
  unit = Math.abs(unit)
  const inUnits = (column: number[]) => trim(column.map((time) => time / unit))
  const text = JSON.stringify({
    v: compactVersion,
    k: batch.key,
    y: ids?.seed,
    b: batch.number,
    o: Math.round(origin * 1e3),
    u: unit * (1e6 / perMilli),
    n: now / unit,
    c: wall && Math.round((wall - origin - sent) * 1e3),
    x: batch.dropped,
    g: [scope.version, scope.name],
    m: batch.spans.length,
    ...members,
    s: inUnits(times.s),
    e: inUnits(times.e),
    w: inUnits(times.w),
    ...extra,
  })
  return `${text.slice(0, -1)},"h":[${forms.join()}]}`
}
