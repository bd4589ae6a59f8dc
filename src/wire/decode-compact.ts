// decode-compact.ts: reads the compact batch (docs/wire.md) back into OTLP; for receivers, not for pages.

import { compactVersion } from './compact.ts'
import type { AnyValue, KeyValue, OtlpEvent, OtlpLink, OtlpSpan, TracesData } from './otlp.ts'

/** Bounds on what one batch may hold; a batch beyond them is refused whole. */
export interface CompactLimits {
  /** Spans in one batch. */
  spans: number
  /** Entries in the value table and in the shape list. */
  entries: number
  /** References in the rows of attributes, events, links and marks together. */
  references: number
  /** Nesting of array and map values. */
  depth: number
}

export const compactLimits: CompactLimits = {
  spans: 10_000,
  entries: 100_000,
  references: 1_000_000,
  depth: 8,
}

/** What a compact batch says. */
export interface CompactBatch {
  /** The public ingest key, where the sender has one. */
  key: string | undefined
  /** The sender's wall clock when the batch left, in ms since the Unix epoch. */
  sentAt: number
  /** Spans the sender lost since its last batch. */
  dropped: number
  data: TracesData
}

/** A batch that breaks the format: which field, and why. `name` is `CompactError`. */
export interface CompactError extends Error {
  field: string
}

const broken = (field: string, reason: string): CompactError =>
  Object.assign(new Error(`${field}: ${reason}`), { name: 'CompactError', field })

const object = (value: unknown): value is Record<string, unknown> =>
  typeof value == 'object' && value !== null && !Array.isArray(value)

const list = (value: unknown, field: string, limit: number): unknown[] => {
  if (!Array.isArray(value)) throw broken(field, 'expected a list')
  if (value.length > limit)
    throw broken(field, `has ${value.length} entries, the limit is ${limit}`)
  return value
}

const whole = (value: unknown, field: string, from = 0, to = Number.MAX_SAFE_INTEGER): number => {
  if (!Number.isSafeInteger(value)) throw broken(field, 'expected a whole number')
  if ((value as number) < from || (value as number) > to)
    throw broken(field, `${value as number} is outside ${from}..${to}`)
  return value as number
}

const text = (value: unknown, field: string): string => {
  if (typeof value != 'string') throw broken(field, 'expected a string')
  return value
}

const hex = (value: unknown, field: string, digits: number): string => {
  const id = text(value, field)
  if (id.length != digits || !/^[0-9a-f]+$/.test(id) || /^0+$/.test(id))
    throw broken(field, `expected ${digits} lowercase hex digits, not all zero`)
  return id
}

const tagged = (tag: string, it: unknown, field: string, depth: number): AnyValue => {
  if (tag == 'i') {
    if (!/^-?\d{1,19}$/.test(text(it, field))) throw broken(field, 'expected a 64-bit integer')
    return { intValue: it as string }
  }
  if (tag == 'd') {
    const number = Number(it)
    if (Number.isNaN(number) && it !== 'NaN') throw broken(field, 'expected a double')
    return { doubleValue: Number.isFinite(number) ? number : (it as 'NaN') }
  }
  if (tag == 'b') return { bytesValue: text(it, field) }
  if (tag == 'm') {
    const pairs = list(it, field, compactLimits.entries)
    const values: KeyValue[] = []
    for (let at = 0; at + 1 < pairs.length; at += 2)
      values.push({ key: text(pairs[at], field), value: anyValue(pairs[at + 1], field, depth - 1) })
    return { kvlistValue: { values } }
  }
  throw broken(field, `unknown value tag ${JSON.stringify(tag)}`)
}

const anyValue = (it: unknown, field: string, depth: number): AnyValue => {
  if (depth < 0) throw broken(field, 'nested too deeply')
  if (typeof it == 'string') return { stringValue: it }
  if (typeof it == 'boolean') return { boolValue: it }
  if (typeof it == 'number')
    return Number.isSafeInteger(it) ? { intValue: String(it) } : { doubleValue: it }
  if (it === null) return {}
  if (Array.isArray(it))
    return { arrayValue: { values: it.map((each) => anyValue(each, field, depth - 1)) } }
  const [entry, ...more] = Object.entries(it as object)
  if (!entry || more.length) throw broken(field, 'expected one tagged value')
  return tagged(entry[0], entry[1], field, depth)
}

// Reads references in the writer's order: 0 takes the next entry of a list, n repeats entry n - 1.
const createReader = (table: unknown[], shapes: unknown[], limits: CompactLimits) => {
  const keysOf: string[][] = []
  let nextValue = 0
  let left = limits.references

  const raw = (reference: unknown, field: string): unknown => {
    if (--left < 0) throw broken(field, `more than ${limits.references} references`)
    const n = whole(reference, field, 0, nextValue)
    if (n) return table[n - 1]
    if (nextValue >= table.length) throw broken(field, 'refers past the end of the table')
    return table[nextValue++]
  }
  const keys = (reference: unknown, field: string): string[] => {
    const n = whole(reference, field, 0, keysOf.length)
    if (n) return keysOf[n - 1]!
    if (keysOf.length >= shapes.length) throw broken(field, 'refers past the end of the shapes')
    const shape = list(shapes[keysOf.length], 'h', limits.entries)
    const names = shape.map((each) => text(raw(each, 'h'), 'h'))
    keysOf.push(names)
    return names
  }
  // One row: a shape and a value for each of its keys. Returns where the row ends.
  const attributes = (row: unknown[], from: number, field: string): [KeyValue[], number] => {
    const names = keys(row[from], field)
    if (from + 1 + names.length > row.length) throw broken(field, 'ends inside a row')
    const read = names.map((key, at) => ({
      key,
      value: anyValue(raw(row[from + 1 + at], field), field, limits.depth),
    }))
    return [read, from + 1 + names.length]
  }
  return { raw, attributes }
}

const column = (batch: Record<string, unknown>, field: string, length: number): unknown[] => {
  const values = list(batch[field], field, length)
  if (values.length != length)
    throw broken(field, `has ${values.length} entries for ${length} spans`)
  return values
}

/**
 * Reads a compact batch.
 * @param body the batch as JSON text, already decompressed.
 * @returns its spans as OTLP.
 * @throws CompactError when the batch breaks docs/wire.md or a limit; nothing of it is usable then.
 */
export const decodeCompact = (body: string, limits = compactLimits): CompactBatch => {
  let batch: unknown
  try {
    batch = JSON.parse(body)
  } catch {
    throw broken('body', 'is not JSON')
  }
  if (!object(batch)) throw broken('body', 'expected an object')
  if (batch.v !== compactVersion)
    throw broken('v', `version ${JSON.stringify(batch.v)} is not supported, ${compactVersion} is`)

  const origin = whole(batch.o, 'o')
  const ids = text(batch.i, 'i')
  const count = ids.length / 16
  if (!Number.isInteger(count)) throw broken('i', 'is not a whole number of 16-digit ids')
  if (count > limits.spans) throw broken('i', `has ${count} spans, the limit is ${limits.spans}`)
  const idAt = (at: number) => hex(ids.slice(at * 16, at * 16 + 16), 'i', 16)

  const { raw, attributes } = createReader(
    list(batch.d, 'd', limits.entries),
    list(batch.h, 'h', limits.entries),
    limits,
  )
  const head = list(batch.r, 'r', limits.references)
  const [resource, afterResource] = attributes(head, 0, 'r')
  const scope = {
    name: text(raw(head[afterResource], 'r'), 'r'),
    version: text(raw(head[afterResource + 1], 'r'), 'r'),
  }

  const nanos = (micros: number) => `${BigInt(origin + micros) * 1000n}`
  const traces = column(batch, 't', count)
  const parents = column(batch, 'p', count)
  const names = column(batch, 'm', count)
  const kinds = column(batch, 'c', count)
  const starts = column(batch, 's', count)
  const lengths = column(batch, 'e', count)
  const rows = list(batch.a, 'a', limits.references)

  const parentOf = (it: unknown, at: number): string | undefined => {
    if (it === 0) return undefined
    if (typeof it == 'string') return hex(it, 'p', 16)
    return idAt(whole(at + whole(it, 'p', -count, count), 'p', 0, count - 1))
  }

  const begins: number[] = []
  const spans: (OtlpSpan & { events: OtlpEvent[]; links: OtlpLink[] })[] = []
  let start = 0
  let cursor = 0
  for (let at = 0; at < count; at++) {
    start = whole(start + whole(starts[at], 's', -Number.MAX_SAFE_INTEGER), 's', -origin)
    const length = whole(lengths[at], 'e', -Number.MAX_SAFE_INTEGER)
    const traceId = hex(raw(traces[at], 't'), 't', 32)
    const parentSpanId = parentOf(parents[at], at)
    const name = text(raw(names[at], 'm'), 'm')
    const [values, after] = attributes(rows, cursor, 'a')
    cursor = after
    begins.push(start)
    spans.push({
      traceId,
      spanId: idAt(at),
      ...(parentSpanId && { parentSpanId }),
      flags: 0x103,
      name,
      kind: whole(kinds[at], 'c', 0, 5),
      startTimeUnixNano: nanos(start),
      endTimeUnixNano: nanos(whole(start + length, 'e', -origin)),
      attributes: values,
      events: [],
      links: [],
      status: { code: 0 },
    })
  }
  if (cursor != rows.length) throw broken('a', 'goes on after the last span')

  const spanOf = (it: unknown, field: string) => whole(it, field, 0, count - 1)
  // The writer walks span by span, so events and links of one span stand side by side.
  const side = {
    w: list(batch.w, 'w', limits.references),
    l: list(batch.l, 'l', limits.references),
  }
  let event = 0
  let link = 0
  for (let at = 0; at < count; at++) {
    for (; event < side.w.length; event++) {
      const row = list(side.w[event], 'w', limits.references)
      if (spanOf(row[0], 'w') != at) break
      const time = begins[at]! + whole(row[1], 'w', -Number.MAX_SAFE_INTEGER)
      const name = text(raw(row[2], 'w'), 'w')
      const timeUnixNano = nanos(whole(time, 'w', -origin))
      spans[at]!.events.push({ name, timeUnixNano, attributes: attributes(row, 3, 'w')[0] })
    }
    for (; link < side.l.length; link++) {
      const row = list(side.l[link], 'l', limits.references)
      if (spanOf(row[0], 'l') != at) break
      const traceId = hex(raw(row[1], 'l'), 'l', 32)
      const spanId = hex(raw(row[2], 'l'), 'l', 16)
      spans[at]!.links.push({ traceId, spanId, attributes: attributes(row, 3, 'l')[0] })
    }
  }
  if (event < side.w.length) throw broken('w', 'is not in the order of the spans')
  if (link < side.l.length) throw broken('l', 'is not in the order of the spans')

  for (const each of list(batch.f, 'f', limits.spans)) {
    const row = list(each, 'f', 5)
    const span = spans[spanOf(row[0], 'f')]!
    const message = text(row[2], 'f')
    const traceState = text(row[4], 'f')
    span.status = { code: whole(row[1], 'f', 0, 2), ...(message && { message }) }
    if (whole(row[3], 'f', 0, 1)) span.flags = 0x303
    if (traceState) span.traceState = traceState
  }

  return {
    key: batch.k === undefined ? undefined : text(batch.k, 'k'),
    sentAt: (origin + whole(batch.n, 'n', -origin)) / 1e3,
    dropped: batch.x === undefined ? 0 : whole(batch.x, 'x'),
    data: {
      resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ scope, spans }] }],
    },
  }
}
