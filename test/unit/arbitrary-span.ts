// arbitrary-span.ts: batches of any shape the SDK can hold, for property tests.

import fc from 'fast-check'
import type { Batch } from 'lightspan/wire'

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
    .map((all) => all.join(''))
    .filter((id) => /[^0]/.test(id))

const text = fc.string({ unit: 'binary', maxLength: 20 })
const number = fc
  .oneof(
    fc.integer(),
    fc.double(),
    fc.constantFrom(
      0,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      2 ** 60,
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
const id = { traceId: hex(32), spanId: hex(16) }

const span = fc.record({
  ...id,
  parentId: fc.option(hex(16), { nil: undefined }),
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

/** A batch whose spans may also be one another's parents. */
export const batch: fc.Arbitrary<Batch> = fc
  .record({
    resource: attributes,
    scope: fc.record({ name: text, version: text }),
    origin: fc.integer({ min: 1.5e15, max: 2e15 }).map((micros) => micros / 1e3),
    sent: time,
    key: fc.option(text, { nil: undefined }),
    dropped: fc.option(fc.nat(), { nil: undefined }),
    spans: fc.uniqueArray(span, { maxLength: 8, selector: (it) => it.spanId }),
    kin: fc.array(fc.nat(), { maxLength: 8 }),
  })
  .map(({ kin, ...rest }) => {
    kin.forEach((parent, at) => {
      const spans = rest.spans
      const child = spans[at]
      const owner = spans[parent % (spans.length || 1)]
      if (child && owner && owner != child) child.parentId = owner.spanId
    })
    return rest
  })
