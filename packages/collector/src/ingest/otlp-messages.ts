// otlp-messages.ts: the messages of OTLP traces (opentelemetry-proto 1.x) as tables of fields.

import type { Field, Fields, Message } from './protobuf-reader.ts'

// Every object of a message has all its fields from the start, and each field a setter of its own: stores
// by a name that changes cost several times as much.
type Set = Field['set']

const one = (name: string, type: Field['type'], set: Set): Field => ({ name, type, set })

const add = (list: unknown, value: unknown): unknown[] => {
  if (!list) return [value]
  ;(list as unknown[]).push(value)
  return list as unknown[]
}

const message = (make: () => Fields, fields: Record<number, Field>): Message => {
  const table: (Field | undefined)[] = []
  for (const [number, field] of Object.entries(fields)) table[Number(number)] = field
  return { make, fields: table }
}

const anyValue = message(
  () => ({
    stringValue: undefined,
    boolValue: undefined,
    intValue: undefined,
    doubleValue: undefined,
    arrayValue: undefined,
    kvlistValue: undefined,
    bytesValue: undefined,
  }),
  {
    1: one('stringValue', 'string', (it, value) => (it.stringValue = value)),
    2: one('boolValue', 'bool', (it, value) => (it.boolValue = value)),
    3: one('intValue', 'int64', (it, value) => (it.intValue = value)),
    4: one('doubleValue', 'double', (it, value) => (it.doubleValue = value)),
    5: one(
      'arrayValue',
      () => arrayValue,
      (it, value) => (it.arrayValue = value),
    ),
    6: one(
      'kvlistValue',
      () => keyValueList,
      (it, value) => (it.kvlistValue = value),
    ),
    7: one('bytesValue', 'base64', (it, value) => (it.bytesValue = value)),
  },
)
const arrayValue = message(() => ({ values: undefined }), {
  1: one(
    'values',
    () => anyValue,
    (it, value) => (it.values = add(it.values, value)),
  ),
})
const keyValue = message(() => ({ key: undefined, value: undefined }), {
  1: one('key', 'string', (it, value) => (it.key = value)),
  2: one(
    'value',
    () => anyValue,
    (it, value) => (it.value = value),
  ),
})
const keyValueList = message(() => ({ values: undefined }), {
  1: one(
    'values',
    () => keyValue,
    (it, value) => (it.values = add(it.values, value)),
  ),
})

const attributes = one(
  'attributes',
  () => keyValue,
  (it, value) => (it.attributes = add(it.attributes, value)),
)
const droppedAttributesCount = one(
  'droppedAttributesCount',
  'uint32',
  (it, value) => (it.droppedAttributesCount = value),
)
const schemaUrl = one('schemaUrl', 'string', (it, value) => (it.schemaUrl = value))
const name = one('name', 'string', (it, value) => (it.name = value))
const traceId = one('traceId', 'hex', (it, value) => (it.traceId = value))
const spanId = one('spanId', 'hex', (it, value) => (it.spanId = value))
const traceState = one('traceState', 'string', (it, value) => (it.traceState = value))
const flags = one('flags', 'fixed32', (it, value) => (it.flags = value))

const event = message(
  () => ({
    timeUnixNano: undefined,
    name: undefined,
    attributes: undefined,
    droppedAttributesCount: undefined,
  }),
  {
    1: one('timeUnixNano', 'fixed64', (it, value) => (it.timeUnixNano = value)),
    2: name,
    3: attributes,
    4: droppedAttributesCount,
  },
)
const link = message(
  () => ({
    traceId: undefined,
    spanId: undefined,
    traceState: undefined,
    attributes: undefined,
    droppedAttributesCount: undefined,
    flags: undefined,
  }),
  { 1: traceId, 2: spanId, 3: traceState, 4: attributes, 5: droppedAttributesCount, 6: flags },
)
const status = message(() => ({ message: undefined, code: undefined }), {
  2: one('message', 'string', (it, value) => (it.message = value)),
  3: one('code', 'enum', (it, value) => (it.code = value)),
})
const span = message(
  () => ({
    traceId: undefined,
    spanId: undefined,
    traceState: undefined,
    parentSpanId: undefined,
    name: undefined,
    kind: undefined,
    startTimeUnixNano: undefined,
    endTimeUnixNano: undefined,
    attributes: undefined,
    droppedAttributesCount: undefined,
    events: undefined,
    droppedEventsCount: undefined,
    links: undefined,
    droppedLinksCount: undefined,
    status: undefined,
    flags: undefined,
  }),
  {
    1: traceId,
    2: spanId,
    3: traceState,
    4: one('parentSpanId', 'hex', (it, value) => (it.parentSpanId = value)),
    5: name,
    6: one('kind', 'enum', (it, value) => (it.kind = value)),
    7: one('startTimeUnixNano', 'fixed64', (it, value) => (it.startTimeUnixNano = value)),
    8: one('endTimeUnixNano', 'fixed64', (it, value) => (it.endTimeUnixNano = value)),
    9: attributes,
    10: droppedAttributesCount,
    11: one(
      'events',
      () => event,
      (it, value) => (it.events = add(it.events, value)),
    ),
    12: one('droppedEventsCount', 'uint32', (it, value) => (it.droppedEventsCount = value)),
    13: one(
      'links',
      () => link,
      (it, value) => (it.links = add(it.links, value)),
    ),
    14: one('droppedLinksCount', 'uint32', (it, value) => (it.droppedLinksCount = value)),
    15: one(
      'status',
      () => status,
      (it, value) => (it.status = value),
    ),
    16: flags,
  },
)
const scope = message(
  () => ({
    name: undefined,
    version: undefined,
    attributes: undefined,
    droppedAttributesCount: undefined,
  }),
  {
    1: name,
    2: one('version', 'string', (it, value) => (it.version = value)),
    3: attributes,
    4: droppedAttributesCount,
  },
)
const scopeSpans = message(() => ({ scope: undefined, spans: undefined, schemaUrl: undefined }), {
  1: one(
    'scope',
    () => scope,
    (it, value) => (it.scope = value),
  ),
  2: one(
    'spans',
    () => span,
    (it, value) => (it.spans = add(it.spans, value)),
  ),
  3: schemaUrl,
})
const resource = message(() => ({ attributes: undefined, droppedAttributesCount: undefined }), {
  1: attributes,
  2: droppedAttributesCount,
})
const resourceSpans = message(
  () => ({ resource: undefined, scopeSpans: undefined, schemaUrl: undefined }),
  {
    1: one(
      'resource',
      () => resource,
      (it, value) => (it.resource = value),
    ),
    2: one(
      'scopeSpans',
      () => scopeSpans,
      (it, value) => (it.scopeSpans = add(it.scopeSpans, value)),
    ),
    3: schemaUrl,
  },
)

/** `opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest` */
export const exportTraceServiceRequest = message(() => ({ resourceSpans: undefined }), {
  1: one(
    'resourceSpans',
    () => resourceSpans,
    (it, value) => (it.resourceSpans = add(it.resourceSpans, value)),
  ),
})
