// arbitrary-traces.ts: any OTLP traces, in the shape of OTLP/JSON as the collector gives them back.

import fc from 'fast-check'
import type { AnyValue, KeyValue, TracesData } from 'lightspan/wire'

const hex = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((it) => Buffer.from(it).toString('hex'))
    .map((it) => (/^0+$/.test(it) ? it.replace(/0$/, '1') : it))

// What is no Unicode, a lone surrogate, cannot travel as UTF-8.
const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('', '\0', 'a\0b', '"\\', '$from', "';--", 'x'.repeat(500)),
)
const int = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String)
const double = fc.double().map((it) => (Number.isFinite(it) ? it || 0 : (String(it) as 'NaN')))

const { value } = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text.map((stringValue) => ({ stringValue })),
    int.map((intValue) => ({ intValue })),
    double.map((doubleValue) => ({ doubleValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.constant({}),
    fc
      .uint8Array({ maxLength: 9 })
      .map((it) => ({ bytesValue: Buffer.from(it).toString('base64') })),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: text, value: tie('value') }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}))

const attributes: fc.Arbitrary<KeyValue[]> = fc.uniqueArray(fc.record({ key: text, value }), {
  selector: ({ key }) => key,
  maxLength: 5,
})
const count = fc.integer({ min: 1, max: 0xffff_ffff })
const some = { requiredKeys: [] as [] }
const nanos = fc.bigInt(0n, 2n ** 63n - 1n).map(String)

const event = fc
  .tuple(
    fc.record({ timeUnixNano: nanos, name: text, attributes }),
    fc.record({ droppedAttributesCount: count }, some),
  )
  .map(([it, more]) => ({ ...it, ...more }))
const link = fc
  .tuple(
    fc.record({ traceId: hex(16), spanId: hex(8), attributes }),
    fc.record(
      { traceState: fc.constant('a=1,b=2'), droppedAttributesCount: count, flags: count },
      some,
    ),
  )
  .map(([it, more]) => ({ ...it, ...more }))

const span = fc
  .tuple(
    fc.record({
      spanId: hex(8),
      flags: fc.integer({ min: 0, max: 0xffff_ffff }),
      name: text,
      kind: fc.integer({ min: 0, max: 5 }),
      startTimeUnixNano: nanos,
      endTimeUnixNano: nanos,
      attributes,
      events: fc.array(event, { maxLength: 2 }),
      links: fc.array(link, { maxLength: 2 }),
      status: fc
        .tuple(fc.integer({ min: 0, max: 2 }), fc.option(text.filter(Boolean)))
        .map(([code, message]) => ({ code, ...(message && { message }) })),
    }),
    fc.record(
      {
        parentSpanId: hex(8),
        traceState: fc.constant('k=v'),
        droppedAttributesCount: count,
        droppedEventsCount: count,
        droppedLinksCount: count,
      },
      some,
    ),
  )
  .map(([it, more]) => ({ ...it, ...more }))

const scope = fc
  .tuple(
    fc.record({ attributes }),
    fc.record(
      {
        name: text.filter(Boolean),
        version: fc.constant('1.0'),
        droppedAttributesCount: count,
      },
      some,
    ),
  )
  .map(([it, more]) => ({ ...it, ...more }))

/** Traces of one resource and one scope; all spans are of the trace `traceId`, and differ in their ids. */
export const arbitraryTraces = (traceId: string): fc.Arbitrary<TracesData> =>
  fc
    .record({
      resource: fc.record({ attributes }),
      scope,
      spans: fc.uniqueArray(span, { selector: ({ spanId }) => spanId, minLength: 1, maxLength: 3 }),
      schemaUrl: fc.option(fc.constant('https://opentelemetry.io/schemas/1.30.0')),
    })
    .map(({ resource, scope, spans, schemaUrl }) => ({
      resourceSpans: [
        {
          resource,
          scopeSpans: [
            {
              scope,
              spans: spans.map((it) => ({ traceId, ...it })),
              ...(schemaUrl && { schemaUrl }),
            },
          ],
          ...(schemaUrl && { schemaUrl }),
        },
      ],
    }))
