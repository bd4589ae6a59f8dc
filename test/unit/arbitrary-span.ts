// arbitrary-span.ts: batches of any shape the SDK can hold, and OTLP of any shape at all, for property tests.

import fc from 'fast-check'
import { createIds, type Batch } from 'lightspan/wire'
import { allKnown } from '../kit/all-known.mjs'

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
    .map((all) => all.join(''))
    .filter((id) => /[^0]/.test(id))

// Any UTF-16, halves of surrogate pairs too: a page may cut a string anywhere.
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.array(fc.nat({ max: 0xffff }), { maxLength: 6 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', 'GET', 'url.full', '\ud83d', '0', '12', '__proto__', 'x'.repeat(5000)),
)
const number = fc
  .oneof(
    fc.integer(),
    fc.double(),
    fc.constantFrom(
      0,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      2 ** 60,
      5e-324,
      Number.MAX_VALUE,
      NaN,
      Infinity,
      -Infinity,
    ),
  )
  .map((it) => (Object.is(it, -0) ? 0 : it)) // JSON has no -0
const plain = fc.oneof(text, number, fc.boolean())
const attributes = fc.dictionary(
  text.filter((name) => name != '__proto__'),
  fc.oneof(plain, fc.array(plain, { maxLength: 3 }), fc.constant(undefined)),
  { maxKeys: 5, noNullPrototype: true },
)
// whole microseconds: what the wire keeps
const time = fc.integer({ min: -1e9, max: 1e12 }).map((micros) => micros / 1e3)

const seed = fc.array(fc.nat({ max: 0xffff_ffff }), { minLength: 4, maxLength: 4 })
const ours = allKnown(createIds([1, 2, 3, 4]))
// Ids that a page derives, and ids that came from elsewhere.
const spanId = fc.oneof(hex(16), fc.nat({ max: 50 }).map(ours.at), fc.nat().map(ours.at))
const traceId = fc.oneof(
  hex(32),
  fc.nat({ max: 50 }).map((at) => ours.at(at) + ours.at(at + 1)),
  fc.tuple(spanId, spanId).map((halves) => halves.join('')),
)
const id = { traceId, spanId }

const span = fc.record({
  ...id,
  parentId: fc.option(spanId, { nil: undefined }),
  remote: fc.boolean(),
  traceState: fc.option(text, { nil: undefined }),
  name: text,
  kind: fc.constantFrom(1, 2, 3, 4, 5),
  start: time,
  duration: fc.nat({ max: 1e9 }).map((micros) => micros / 1e3),
  attributes,
  events: fc.array(fc.record({ name: text, time, attributes }), { maxLength: 3 }),
  links: fc.array(fc.record({ ...id, attributes }), { maxLength: 2 }),
  status: fc.constantFrom(0, 1, 2),
  message: fc.option(text, { nil: undefined }),
})

/** A batch whose spans may also be one another's parents, and even their own. */
export const batch: fc.Arbitrary<Batch> = fc
  .record({
    resource: attributes,
    scope: fc.record({ name: text, version: text }),
    origin: fc.integer({ min: 1.5e15, max: 2e15 }).map((micros) => micros / 1e3),
    sent: time,
    wall: fc.option(fc.integer({ min: 1.5e12, max: 2e12 }), { nil: undefined }),
    key: fc.option(text, { nil: undefined }),
    ids: fc.oneof(fc.constant(ours), seed.map(createIds), fc.constant(undefined)),
    number: fc.option(fc.nat(), { nil: undefined }),
    dropped: fc.option(fc.oneof(fc.nat(), fc.constant({ queue: 3, refused: 1 })), {
      nil: undefined,
    }),
    spans: fc.array(span, { maxLength: 8 }),
    kin: fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 8 }),
  })
  .map(({ kin, ...rest }) => {
    kin.forEach(([parent, sameTrace], at) => {
      const child = rest.spans[at]
      const owner = rest.spans[parent % (rest.spans.length || 1)]
      if (!child || !owner) return
      child.parentId = owner.spanId
      if (sameTrace) child.traceId = owner.traceId
    })
    return rest as Batch
  })

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const uint64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: 1_700_000_000n * 10n ** 9n, max: 1_700_000_100n * 10n ** 9n }),
  fc.constantFrom(0n, 2n ** 64n - 1n),
)
const uint32 = fc.oneof(fc.nat({ max: 0xffff_ffff }), fc.constantFrom(1, 0x103, 0x303))
const { value } = fc.letrec<{ value: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    int64.map((it) => ({ intValue: `${it}` })),
    fc.double().map((it) => ({ doubleValue: Number.isFinite(it) ? it : `${it}` })),
    fc.base64String().map((bytesValue) => ({ bytesValue })),
    fc.constant({}),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: text, value: tie('value') }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}))
const keyValues = fc
  .dictionary(text, value, { maxKeys: 4 })
  .map((it) => Object.entries(it).map(([key, value]) => ({ key, value })))
const some = { requiredKeys: [] }
const dropped = { droppedAttributesCount: uint32 }
const optional = <Of extends object>(model: { [Key in keyof Of]: fc.Arbitrary<Of[Key]> }) =>
  fc.record(model, some)

const merge = (parts: readonly object[]) => Object.assign({}, ...parts) as object
const otlpSpan = fc
  .tuple(
    fc.record({
      traceId: hex(32),
      spanId: hex(16),
      flags: uint32,
      name: text,
      kind: fc.nat({ max: 5 }),
      startTimeUnixNano: uint64.map(String),
      endTimeUnixNano: uint64.map(String),
      attributes: keyValues,
      events: fc.array(
        fc
          .tuple(
            fc.record({ timeUnixNano: uint64.map(String), name: text, attributes: keyValues }),
            optional(dropped),
          )
          .map(merge),
        { maxLength: 3 },
      ),
      links: fc.array(
        fc
          .tuple(
            fc.record({ traceId: hex(32), spanId: hex(16), attributes: keyValues }),
            optional({ ...dropped, flags: uint32, traceState: text }),
          )
          .map(merge),
        { maxLength: 3 },
      ),
    }),
    fc
      .tuple(fc.nat({ max: 2 }), fc.option(text))
      .map(([code, message]) => ({ status: { code, ...(message && { message }) } })),
    optional({ ...dropped, droppedEventsCount: uint32, droppedLinksCount: uint32 }),
    optional({ parentSpanId: hex(16) }),
    optional({ traceState: text.filter((it) => it != '') }),
  )
  .map(merge)

/** Any OTLP at all, with all its lists present and its maps without a name twice. */
export const otlp = fc
  .array(
    fc.record({
      resource: fc.tuple(fc.record({ attributes: keyValues }), optional(dropped)).map(merge),
      scopeSpans: fc.tuple(
        fc
          .tuple(
            fc.record({
              scope: fc
                .tuple(
                  fc.record({ name: text, version: text }),
                  optional({ ...dropped, attributes: keyValues }),
                )
                .map(merge),
              spans: fc.array(otlpSpan, { maxLength: 5 }),
            }),
            optional({ schemaUrl: text.filter((it) => it != '') }),
          )
          .map(merge),
      ),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((resourceSpans) => ({ resourceSpans }))
