// What comes in from the open network: read right where it is right, refused where it is not, nothing else.

import { gzipSync } from 'node:zlib'
import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { ProtobufTraceSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import fc from 'fast-check'
import { encodeCompact, type SpanRecord } from 'lightspan/wire'
import { describe, expect, test } from 'vitest'
import { batch as arbitraryBatch } from '../../../test/unit/arbitrary-span.ts'
import { decodePlain, plainBody } from '../src/ingest/decode-body.ts'
import { exportTraceServiceRequest } from '../src/ingest/otlp-messages.ts'
import type { Fields } from '../src/ingest/protobuf-reader.ts'
import { traceLimits } from '../src/ingest/read-values.ts'
import { bodyKinds } from '../src/log/record.ts'
import { isRefusal, type Refusal } from '../src/refusal.ts'
import { arbitraryTraces } from './arbitrary-traces.ts'
import { encodeProtobuf } from './encode-protobuf.ts'

const traceId = 'ab'.repeat(16)
const traces = arbitraryTraces(traceId)
const toProtobuf = (data: unknown, between?: () => Buffer) =>
  encodeProtobuf(data as Fields, exportTraceServiceRequest, between)
const fromJson = (data: unknown) => decodePlain('json', Buffer.from(JSON.stringify(data))).rows
const fromProtobuf = (data: unknown) => decodePlain('protobuf', toProtobuf(data)).rows

const refusalOf = (work: () => unknown): Refusal => {
  try {
    work()
  } catch (error) {
    if (isRefusal(error)) return error
    throw error
  }
  throw new Error('it was not refused')
}

// Reads, or refuses with a 4xx; anything else escapes and fails the test.
const readOrRefuse = (kind: (typeof bodyKinds)[number], bytes: Uint8Array) => {
  try {
    decodePlain(kind, Buffer.from(bytes))
  } catch (error) {
    if (!isRefusal(error)) throw error
    expect(error.status).toBe(400)
  }
}

describe('protobuf', () => {
  test('says what JSON says', () => {
    fc.assert(
      fc.property(traces, (data) => {
        expect(fromProtobuf(data)).toEqual(fromJson(data))
      }),
    )
  })

  test('may have fields that nobody knows yet', () => {
    // numbers 100 to 103, one of each wire type
    const unknown = [
      Buffer.from([0xa0, 0x06, 0xff, 0x01]),
      Buffer.from([0xa9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8]),
      Buffer.from([0xb2, 0x06, 3, 1, 2, 3]),
      Buffer.from([0xbd, 0x06, 1, 2, 3, 4]),
    ]
    fc.assert(
      fc.property(traces, (data) => {
        let at = 0
        const bytes = toProtobuf(data, () => unknown[at++ % unknown.length]!)
        expect(decodePlain('protobuf', bytes).rows).toEqual(fromJson(data))
      }),
    )
  })

  test('that was cut off anywhere is refused, or is a shorter message', () => {
    fc.assert(
      fc.property(traces, fc.nat(), (data, cut) => {
        const bytes = toProtobuf(data)
        readOrRefuse('protobuf', bytes.subarray(0, cut % bytes.length))
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['a field of number 0', [0x00, 0x00]],
    ['a length past the end', [0x0a, 0x7f, 0x00]],
    ['a length of 4 GB', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a length past 64 bits', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a number without an end', [0x0a, ...Array<number>(20).fill(0xff)]],
    ['a group', [0x0b, 0x0c]],
    ['a wire type that is none', [0x0f]],
    ['a field of another wire type', [0x08, 0x01]],
    ['half a tag', [0x80]],
  ])('with %s is refused', (_, bytes) => {
    const { status, field } = refusalOf(() => decodePlain('protobuf', Buffer.from(bytes)))
    expect([status, field]).toEqual([400, 'body'])
  })

  test('of a few bytes cannot become millions of objects', () => {
    // three million empty groups of spans
    const bytes = Buffer.alloc(6_000_000)
    for (let at = 0; at < bytes.length; at += 2) bytes[at] = 0x0a
    expect(refusalOf(() => decodePlain('protobuf', bytes))).toMatchObject({
      status: 400,
      limit: 2_000_000,
    })
  })

  test('that is nested without end is refused', () => {
    let value = Buffer.from([0x0a, 0])
    for (let depth = 0; depth < 30_000; depth++) {
      const size = value.length
      const length = [(size & 127) | 128, ((size >> 7) & 127) | 128, size >> 14]
      value = Buffer.concat([Buffer.from([depth % 2 ? 0x2a : 0x0a, ...length]), value])
      if (size > 2_000_000) break
    }
    readOrRefuse('protobuf', value)
  })
})

describe("OpenTelemetry's own serializers", () => {
  const id = (bytes: number) =>
    fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((it) => '1' + Buffer.from(it).toString('hex').slice(1))
  const values = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((it) => !Number.isInteger(it)),
    fc.boolean(),
    fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 }),
  )
  const attributes = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), values, {
    maxKeys: 5,
    noNullPrototype: true,
  })
  const time = fc.tuple(
    fc.integer({ min: 1.5e9, max: 2e9 }),
    fc.integer({ min: 0, max: 999_999_999 }),
  )
  const spans = fc.array(
    fc
      .record({
        ids: fc.tuple(id(16), id(8), fc.option(id(8))),
        name: fc.string({ unit: 'grapheme' }),
        kind: fc.constantFrom(SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.PRODUCER),
        startTime: time,
        endTime: time,
        attributes,
        status: fc.record({ code: fc.constantFrom(SpanStatusCode.UNSET, SpanStatusCode.ERROR) }),
        events: fc.array(fc.record({ name: fc.string(), time, attributes }), { maxLength: 2 }),
        linked: fc.array(id(16), { maxLength: 2 }),
        droppedAttributesCount: fc.nat(500),
      })
      .map(({ ids: [traceId, spanId, parent], linked, ...rest }): ReadableSpan => {
        const contextOf = (traceId: string, spanId: string) => ({
          traceId,
          spanId,
          traceFlags: TraceFlags.SAMPLED,
        })
        return {
          ...rest,
          spanContext: () => contextOf(traceId, spanId),
          ...(parent && { parentSpanContext: contextOf(traceId, parent) }),
          links: linked.map((it) => ({ context: contextOf(it, spanId), attributes: {} })),
          duration: [0, 0],
          ended: true,
          resource: resourceFromAttributes({ 'service.name': 'sdk' }),
          instrumentationScope: { name: 'scope', version: '1' },
          droppedEventsCount: 0,
          droppedLinksCount: 0,
        }
      }),
    { minLength: 1, maxLength: 3 },
  )

  test('say the same in protobuf and in JSON', () => {
    fc.assert(
      fc.property(spans, (all) => {
        const protobuf = decodePlain(
          'protobuf',
          Buffer.from(ProtobufTraceSerializer.serializeRequest(all)!),
        )
        const json = decodePlain('json', Buffer.from(JsonTraceSerializer.serializeRequest(all)!))
        expect(protobuf.rejected + json.rejected).toBe(0)
        expect(protobuf.rows).toEqual(json.rows)
        expect(json.rows.map(({ name }) => name).sort()).toEqual(all.map((it) => it.name).sort())
      }),
    )
  })
})

describe('any bytes at all', () => {
  test.each(bodyKinds)('are read or refused, as %s', (kind) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => readOrRefuse(kind, bytes)),
      { numRuns: 1000 },
    )
  })

  const good = fc.oneof(
    traces.map((data) => ['protobuf', toProtobuf(data)] as const),
    traces.map((data) => ['json', Buffer.from(JSON.stringify(data))] as const),
    arbitraryBatch.map((batch) => ['compact', Buffer.from(encodeCompact(batch))] as const),
  )
  const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))

  test('that were right but for a few are read or refused', () => {
    fc.assert(
      fc.property(good, fc.array(change, { minLength: 1, maxLength: 6 }), ([kind, body], all) => {
        for (const [place, by] of all) body[place % body.length]! ^= by
        readOrRefuse(kind, body)
      }),
      { numRuns: 500 },
    )
  })

  test('are decompressed or refused', async () => {
    await fc.assert(
      fc.asyncProperty(good, fc.nat(), fc.nat(255), async ([, body], place, by) => {
        const packed = gzipSync(body)
        packed[place % packed.length]! ^= by
        try {
          const plain = await plainBody(packed, 2 ** 20)
          if (by == 0) expect(plain).toEqual(body)
        } catch (error) {
          if (!isRefusal(error)) throw error
          expect(error.status).toBe(400)
        }
      }),
      { numRuns: 200 },
    )
  })
})

// Puts another value in one place of a JSON value.
const replaced = (value: unknown, place: number, by: unknown): unknown => {
  const places: [Fields, string][] = []
  const copy = structuredClone(value)
  const walk = (it: unknown) => {
    if (typeof it != 'object' || it === null) return
    for (const key of Object.keys(it)) {
      places.push([it as Fields, key])
      walk((it as Fields)[key])
    }
  }
  walk(copy)
  const [owner, key] = places[place % places.length]!
  owner[key] = by
  return copy
}

describe('JSON of the wrong types', () => {
  const odd = [null, 0, -1, 1.5, 1e300, '', 'x', true, [], {}, [null], [[]], { key: 1 }]

  test('is read or refused, wherever they are', () => {
    fc.assert(
      fc.property(traces, fc.nat(), fc.constantFrom(...odd), (data, place, by) =>
        readOrRefuse('json', Buffer.from(JSON.stringify(replaced(data, place, by)))),
      ),
      { numRuns: 500 },
    )
  })

  test('in a compact batch too', () => {
    fc.assert(
      fc.property(arbitraryBatch, fc.nat(), fc.constantFrom(...odd), (batch, place, by) => {
        const data = replaced(JSON.parse(encodeCompact(batch)), place, by)
        readOrRefuse('compact', Buffer.from(JSON.stringify(data)))
      }),
      { numRuns: 500 },
    )
  })

  const span = { traceId, spanId: 'cd'.repeat(8), name: 'x' }
  const of = (more: object) => ({
    resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, ...more }] }] }],
  })
  const at = 'resourceSpans[0].scopeSpans[0].spans[0]'
  const value = (it: unknown) => of({ attributes: [{ key: 'k', value: it }] })

  test.each([
    [[], 'body', 'an object'],
    [null, 'body', 'an object'],
    [{ resourceSpans: {} }, 'resourceSpans', 'a list'],
    [{ resourceSpans: [1] }, 'resourceSpans[0]', 'an object'],
    [{ resourceSpans: [{ resource: [] }] }, 'resourceSpans[0].resource', 'an object'],
    [of({ name: 7 }), `${at}.name`, 'a string'],
    [of({ status: 'OK' }), `${at}.status`, 'an object'],
    [of({ kind: 'SIDEWAYS' }), `${at}.kind`, 'a whole number'],
    [of({ startTimeUnixNano: 'yesterday' }), `${at}.startTimeUnixNano`, 'a whole number'],
    [of({ endTimeUnixNano: 1.5 }), `${at}.endTimeUnixNano`, 'a whole number'],
    [of({ events: [{ name: [] }] }), `${at}.events[0].name`, 'a string'],
    [value({ boolValue: 'yes' }), `${at}.attributes[0].value.boolValue`, 'true or false'],
    [value({ doubleValue: true }), `${at}.attributes[0].value.doubleValue`, 'a double'],
    [value({ doubleValue: '0x10' }), `${at}.attributes[0].value.doubleValue`, 'a double'],
    [value({ intValue: {} }), `${at}.attributes[0].value.intValue`, 'a whole number'],
    [value({ arrayValue: [] }), `${at}.attributes[0].value.arrayValue`, 'an object'],
  ])('is told where: %j', (data, field, expected) => {
    const refusal = refusalOf(() => fromJson(data))
    expect(refusal).toMatchObject({ status: 400, field })
    expect(refusal.reason).toContain(`expected ${expected}`)
  })
})

describe('a span that cannot be kept', () => {
  const span = (more: object) => ({ traceId, spanId: 'cd'.repeat(8), name: 'x', ...more })
  const spans = (...all: object[]) => ({ resourceSpans: [{ scopeSpans: [{ spans: all }] }] })
  const deep = (depth: number): object =>
    depth ? { arrayValue: { values: [deep(depth - 1)] } } : { stringValue: 'down here' }
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ key: `k${n}`, value: { intValue: n } }))

  test.each<[string, object, number | undefined]>([
    ['an id of zeros', { traceId: '0'.repeat(32) }, undefined],
    ['no id', { spanId: undefined }, undefined],
    ['an id that is too short', { spanId: 'abc' }, undefined],
    ['an id that is no hex', { traceId: 'g'.repeat(32) }, undefined],
    ['a time past 64 bits', { endTimeUnixNano: '18446744073709551615' }, undefined],
    ['a time below zero', { startTimeUnixNano: -1 }, undefined],
    ['a kind that is none', { kind: 6 }, undefined],
    [
      'a whole number past 64 bits',
      { attributes: [{ key: 'k', value: { intValue: 1e30 } }] },
      undefined,
    ],
    ['too many attributes', { attributes: many(traceLimits.entries + 1) }, traceLimits.entries],
    ['too many events', { events: Array(traceLimits.entries + 1).fill({}) }, traceLimits.entries],
    ['a value too deep', { attributes: [{ key: 'k', value: deep(9) }] }, traceLimits.depth],
  ])('for %s is left out alone, and alone it is refused', (_, more, limit) => {
    const read = decodePlain('json', Buffer.from(JSON.stringify(spans(span({}), span(more)))))
    expect([read.rows.length, read.rejected]).toEqual([1, 1])
    expect(read.because!.field).toContain('spans[1]')
    expect(refusalOf(() => fromJson(spans(span(more))))).toMatchObject({ status: 400, limit })
  })

  // `lightspan.span(name, { parent })` takes what an application has: ids of another system, or none
  test.each<[string, object]>([
    ['a trace of 64 bits', { traceId: '0af7651916cd43dd' }],
    ['a parent that is none', { parentId: 'order 17' }],
    ['no trace', { traceId: null }],
    ['a link to nothing', { links: [{ spanId: 'x', attributes: {} }] }],
  ])('in a compact batch for %s is left out alone too', (_, more) => {
    const span = (name: string, it: object = {}): SpanRecord => ({
      ...{ traceId, spanId: name.repeat(16), name, kind: 1, start: 1, duration: 1, status: 0 },
      ...{ attributes: {}, events: [], links: [], ...it },
    })
    const spans = [span('a'), span('b', more), span('c')]
    const scope = { name: 'lightspan', version: '0' }
    const body = encodeCompact({ resource: {}, scope, origin: 1.7e12, sent: 9, spans })
    const { rows, rejected, because } = decodePlain('compact', Buffer.from(body))
    expect(rows.map(({ name }) => name)).toEqual(['c', 'a'])
    expect(rejected).toBe(1)
    expect(because!.message).toMatch(/spans\[1\].*: expected \d+ hex digits/)
  })

  test('does not stand for limits that do hold', () => {
    expect(fromJson(spans(span({ attributes: many(traceLimits.entries) })))).toHaveLength(1)
    expect(fromJson(spans(span({ attributes: [{ key: 'k', value: deep(8) }] })))).toHaveLength(1)
  })

  test('is none where a request has too many: that is refused whole', () => {
    const all = Array.from({ length: traceLimits.spans + 1 }, () => span({}))
    expect(fromJson(spans(...all.slice(1)))).toHaveLength(traceLimits.spans)
    expect(refusalOf(() => fromJson(spans(...all)))).toMatchObject({
      status: 400,
      limit: traceLimits.spans,
    })
    const half = spans(...all.slice(0, 6000)).resourceSpans[0]!
    expect(refusalOf(() => fromJson({ resourceSpans: [half, half] }))).toMatchObject({
      status: 400,
      field: 'resourceSpans',
    })
  })

  test('is not one that names an attribute twice: the last one counts', () => {
    const twice = [
      { key: 'a', value: { intValue: 1 } },
      { key: 'b', value: { intValue: 2 } },
      { key: 'a', value: { intValue: 3 } },
    ]
    expect(fromJson(spans(span({ attributes: twice })))[0]!.attributes).toEqual([
      'a',
      'i3',
      'b',
      'i2',
    ])
  })
})

describe('gzip', () => {
  const limit = 2 ** 20

  test('of several members is read as one, whatever the last of them says of its size', async () => {
    const parts = [Buffer.alloc(400_000, 'a'), Buffer.from('b')]
    const body = Buffer.concat(parts.map((it) => gzipSync(it)))
    expect((await plainBody(body, limit)).equals(Buffer.concat(parts))).toBe(true)
  })

  test('of more than may be is refused with 413, by one byte or by many', async () => {
    expect(await plainBody(gzipSync(Buffer.alloc(limit)), limit)).toHaveLength(limit)
    for (const size of [limit + 1, limit * 64])
      await expect(plainBody(gzipSync(Buffer.alloc(size)), limit)).rejects.toMatchObject({
        status: 413,
        limit,
      })
    await expect(plainBody(Buffer.alloc(limit + 1), limit)).rejects.toMatchObject({ status: 413 })
  })

  test('that lies about its size is refused all the same', async () => {
    const body = gzipSync(Buffer.alloc(limit * 64))
    body.writeUInt32LE(1, body.length - 4)
    await expect(plainBody(body, limit)).rejects.toMatchObject({ status: 413 })
  })
})
