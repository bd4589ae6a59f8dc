// decode-compact.ts: reads the compact batch (docs/wire.md) back into OTLP; for receivers, not for pages.

import type { Drops } from './batch.ts'
import {
  beyond,
  broken,
  compactLimits,
  hex,
  list,
  object,
  text,
  whole,
  type CompactLimits,
} from './check-compact.ts'
import { compactVersion } from './compact.ts'
import { createIds } from './ids.ts'
import type { TracesData } from './otlp.ts'
import { readExtra, type DecodedGroup } from './read-extra.ts'
import {
  countUses,
  createRows,
  readColumn,
  readKeys,
  readShapes,
  readValues,
  type Shape,
} from './read-columns.ts'

/** What a compact batch says. */
export interface CompactBatch {
  /** The public ingest key, where the sender has one. */
  key: string | undefined
  /** The same for copies of one batch: seed, number and count of spans; undefined where unnumbered. */
  id: string | undefined
  /** When the batch was written, on the time line of its spans, in ms since the Unix epoch. */
  sentAt: number
  /** The same moment by the sender's wall clock as it stood then; undefined where it was not read. */
  wallAt: number | undefined
  /** Spans the sender lost since its last batch. */
  dropped: number
  /** The same by reason. */
  drops: Drops
  /**
   * Ids of spans are well-formed. Those that an application may have had from elsewhere (of traces, parents and
   * links) stand as they came: what is no id makes its span invalid, see `validIds`.
   */
  data: TracesData
}

type Members = Record<string, unknown>

/** UTF-16 units of an id from elsewhere that are kept. */
const longestId = 64

const readDrops = (it: unknown): Drops => {
  if (it === undefined) return {}
  if (typeof it == 'number') return { other: whole(it, 'x') }
  const drops = Object.entries(object(it, 'x')).slice(0, 100)
  return Object.fromEntries(drops.map(([reason, count]) => [reason, whole(count, 'x')]))
}

// Times are whole units on the wire, and ns in decimal in OTLP.
const createNanos = (batch: Members) => {
  const origin = whole(batch['o'], 'o')
  const unit = whole(batch['u'], 'u', 1)
  const micros = unit / 1e3
  const nanos = (time: number, field: string): string => {
    const at = origin + time * micros
    if (Number.isInteger(micros) && Number.isSafeInteger(at) && at > 0) return `${at}000`
    const exact = BigInt(origin) * 1000n + BigInt(time) * BigInt(unit)
    if (exact < 0n || exact >= 2n ** 64n) throw broken(field, 'is a time outside 64 bits')
    return `${exact}`
  }
  return { nanos, millis: (time: number) => (origin + time * micros) / 1e3 }
}

const readSeed = (it: unknown): number[] => {
  const words = list(it, 'y', 4).map((word) => whole(word, 'y', 0, 0xffff_ffff))
  if (words.length < 4) throw broken('y', 'expected four words')
  return words
}

// An id from elsewhere, as an application gave it: where that is none, it spoils its own span and no other.
const foreign = (it: unknown) => (typeof it == 'string' ? it.slice(0, longestId) : '')

// Reads ids and traces, which refer to a counter and to one another.
const createIdReader = (batch: Members, limits: CompactLimits) => {
  const idAt = batch['y'] === undefined ? undefined : createIds(readSeed(batch['y'])).at
  const traces: string[] = []
  const entries = list(batch['t'], 't', limits.spans)
  let trimmed = 0
  let counter = 0
  const derive = (at: number, field: string) => {
    if (!idAt) throw broken(field, 'is a counter, but there is no seed in y')
    return idAt(whole(at, field, 0, 0xffff_ffff))
  }
  const trace = (it: unknown, field: string): string => {
    if (typeof it == 'number' && it > 0) return traces[whole(it, field, 1, traces.length) - 1]!
    const high = typeof it == 'number' ? counter + it : 0
    const id = typeof it == 'number' ? derive(high, field) + derive(high + 1, field) : foreign(it)
    traces.push(id)
    return id
  }
  return {
    own: (it: unknown): string => {
      if (typeof it != 'number') return hex(it, 'i', 16)
      counter = whole(counter + whole(it, 'i', -0xffff_ffff), 'i', 0, 0xffff_ffff)
      return derive(counter, 'i')
    },
    outer: (it: unknown): string =>
      /^\d{1,10}$/.test(text(it, 'p')) ? derive(Number(it), 'p') : foreign(it),
    target: (it: unknown): string => (typeof it == 'number' ? derive(it, 'z') : foreign(it)),
    trace,
    nextTrace: (): string => {
      if (!entries.length) throw broken('t', 'has no entry for a span without a parent')
      return trace(entries[Math.min(trimmed++, entries.length - 1)], 't')
    },
    end: () => {
      if (trimmed < entries.length) throw broken('t', 'goes on after the last trace')
    },
  }
}

const parse = (body: string): Members => {
  let batch: unknown
  try {
    batch = JSON.parse(body)
  } catch {
    throw broken('body', 'is not JSON')
  }
  const members = object(batch, 'body')
  if (members['v'] !== compactVersion)
    throw broken(
      'v',
      `version ${JSON.stringify(members['v'])} is not supported, ${compactVersion} is`,
    )
  return members
}

// Shapes span by span, and the values that they have, column by column.
const readContent = (batch: Members, limits: CompactLimits) => {
  const count = whole(batch['m'], 'm')
  if (count > limits.spans) throw beyond('m', `has ${count} spans, the limit is ${limits.spans}`)
  const column = (field: string, length = count) =>
    readColumn(list(batch[field], field, limits.references), field, length)
  const keys = readKeys(batch, limits)
  const known = readShapes(batch, keys, limits)
  let seen = 0
  const shapes = column('f').map((it) => {
    const n = whole(it, 'f', 0, seen)
    if (!n && seen >= known.length) throw broken('f', 'refers past the end of the shapes')
    return known[(n || ++seen) - 1]!
  })
  const head = list(batch['r'], 'r', keys.length).map((at) => whole(at, 'r', 3, keys.length + 2))
  const uses = countUses(shapes, head, keys.length + 3, limits)
  const { rows, value } = createRows(keys, readValues(batch, uses, limits))
  const total = (of: (shape: Shape) => unknown[]) =>
    shapes.reduce((sum, shape) => sum + of(shape).length, 0)
  const offsets = column(
    'w',
    total(({ events }) => events),
  )
  const targets = list(batch['z'], 'z', limits.references)
  if (targets.length != 2 * total(({ links }) => links))
    throw broken('z', 'does not fit the links of the shapes')
  return { column, shapes, resource: rows(head), rows, value, offsets, targets }
}

const step = (from: number, by: unknown, field: string) =>
  whole(from + whole(by, field, -Number.MAX_SAFE_INTEGER), field, -Number.MAX_SAFE_INTEGER)

const readSpans = (batch: Members, limits: CompactLimits) => {
  const { column, shapes, resource, rows, value, offsets, targets } = readContent(batch, limits)
  const ids = createIdReader(batch, limits)
  const { nanos } = createNanos(batch)
  const [own, parents, starts, lengths] = [column('i'), column('p'), column('s'), column('e')]
  const spans: DecodedGroup['scopeSpans'][0]['spans'] = []
  let start = 0
  let event = 0
  let link = 0
  const text = (wanted: boolean, column: number, field: string) => {
    const { stringValue } = wanted ? value(column) : { stringValue: '' }
    if (stringValue === undefined) throw broken('a', `expected a ${field}`)
    return stringValue
  }
  shapes.forEach((shape, at) => {
    const spanId = ids.own(own[at])
    const parent = parents[at]
    const near =
      typeof parent == 'number' && parent ? spans[at - whole(parent, 'p', 1, at)] : undefined
    const parentSpanId = near ? near.spanId : parent === 0 ? undefined : ids.outer(parent)
    const traceId = near ? near.traceId : ids.nextTrace()
    start = step(start, starts[at], 's')
    const name = text(true, 0, 'name')
    const message = text(shape.columns.includes(1), 1, 'message')
    const traceState = text(shape.columns.includes(2), 2, 'trace state')
    let time = start
    spans.push({
      traceId,
      spanId,
      ...(parentSpanId && { parentSpanId }),
      ...(traceState && { traceState }),
      flags: shape.remote ? 0x303 : 0x103,
      name,
      kind: shape.kind,
      startTimeUnixNano: nanos(start, 's'),
      endTimeUnixNano: nanos(step(start, lengths[at], 'e'), 'e'),
      attributes: rows(shape.columns.filter((it) => it > 2)),
      links: shape.links.map((columns) => ({
        traceId: ids.trace(targets[link++], 'z'),
        spanId: ids.target(targets[link++]),
        attributes: rows(columns),
      })),
      events: shape.events.map(({ name, columns }) => ({
        name,
        timeUnixNano: nanos((time = step(time, offsets[event++], 'w')), 'w'),
        attributes: rows(columns),
      })),
      status: { code: shape.status, ...(message && { message }) },
    })
  })
  ids.end()
  return { resource, spans }
}

/**
 * Reads a compact batch.
 * @param body the batch as JSON text, already decompressed.
 * @returns its spans as OTLP.
 * @throws CompactError when the batch breaks docs/wire.md or a limit; nothing of it is usable then.
 */
export const decodeCompact = (body: string, limits = compactLimits): CompactBatch => {
  const batch = parse(body)
  const { millis } = createNanos(batch)
  const { resource, spans } = readSpans(batch, limits)
  const [version, name] = list(batch['g'], 'g', 2)
  const scope = { name: text(name, 'g'), version: text(version, 'g') }
  const sent = whole(batch['n'], 'n', -Number.MAX_SAFE_INTEGER)
  const skew = batch['c'] === undefined ? undefined : whole(batch['c'], 'c', -(2 ** 52), 2 ** 52)
  const drops = readDrops(batch['x'])
  const number = batch['b'] === undefined ? undefined : whole(batch['b'], 'b')
  const group: DecodedGroup = {
    resource: { attributes: resource },
    scopeSpans: [{ scope, spans }],
  }
  return {
    key: batch['k'] === undefined ? undefined : text(batch['k'], 'k'),
    id:
      number === undefined || batch['y'] === undefined
        ? undefined
        : `${readSeed(batch['y']).join('.')}-${number}-${spans.length}`,
    sentAt: millis(sent),
    wallAt: skew === undefined ? undefined : millis(sent) + skew / 1e3,
    dropped: Object.values(drops).reduce((sum, count) => sum + count, 0),
    drops,
    data: { resourceSpans: [readExtra(batch['l'], group, limits)] },
  }
}
