// otlp-messages.ts: the messages of OTLP traces (opentelemetry-proto 1.x) as tables of fields.

import type { Message } from './protobuf-reader.ts'

const anyValue: Message = {
  1: { name: 'stringValue', type: 'string' },
  2: { name: 'boolValue', type: 'bool' },
  3: { name: 'intValue', type: 'int64' },
  4: { name: 'doubleValue', type: 'double' },
  5: { name: 'arrayValue', type: () => arrayValue },
  6: { name: 'kvlistValue', type: () => keyValueList },
  7: { name: 'bytesValue', type: 'base64' },
}
const arrayValue: Message = { 1: { name: 'values', type: () => anyValue, repeated: true } }
const keyValue: Message = {
  1: { name: 'key', type: 'string' },
  2: { name: 'value', type: () => anyValue },
}
const keyValueList: Message = { 1: { name: 'values', type: () => keyValue, repeated: true } }

const attributes = { name: 'attributes', type: () => keyValue, repeated: true } as const
const droppedAttributesCount = { name: 'droppedAttributesCount', type: 'uint32' } as const

const event: Message = {
  1: { name: 'timeUnixNano', type: 'fixed64' },
  2: { name: 'name', type: 'string' },
  3: attributes,
  4: droppedAttributesCount,
}
const link: Message = {
  1: { name: 'traceId', type: 'hex' },
  2: { name: 'spanId', type: 'hex' },
  3: { name: 'traceState', type: 'string' },
  4: attributes,
  5: droppedAttributesCount,
  6: { name: 'flags', type: 'fixed32' },
}
const status: Message = {
  2: { name: 'message', type: 'string' },
  3: { name: 'code', type: 'enum' },
}
const span: Message = {
  1: { name: 'traceId', type: 'hex' },
  2: { name: 'spanId', type: 'hex' },
  3: { name: 'traceState', type: 'string' },
  4: { name: 'parentSpanId', type: 'hex' },
  5: { name: 'name', type: 'string' },
  6: { name: 'kind', type: 'enum' },
  7: { name: 'startTimeUnixNano', type: 'fixed64' },
  8: { name: 'endTimeUnixNano', type: 'fixed64' },
  9: attributes,
  10: droppedAttributesCount,
  11: { name: 'events', type: () => event, repeated: true },
  12: { name: 'droppedEventsCount', type: 'uint32' },
  13: { name: 'links', type: () => link, repeated: true },
  14: { name: 'droppedLinksCount', type: 'uint32' },
  15: { name: 'status', type: () => status },
  16: { name: 'flags', type: 'fixed32' },
}
const scope: Message = {
  1: { name: 'name', type: 'string' },
  2: { name: 'version', type: 'string' },
  3: attributes,
  4: droppedAttributesCount,
}
const scopeSpans: Message = {
  1: { name: 'scope', type: () => scope },
  2: { name: 'spans', type: () => span, repeated: true },
  3: { name: 'schemaUrl', type: 'string' },
}
const resource: Message = { 1: attributes, 2: droppedAttributesCount }
const resourceSpans: Message = {
  1: { name: 'resource', type: () => resource },
  2: { name: 'scopeSpans', type: () => scopeSpans, repeated: true },
  3: { name: 'schemaUrl', type: 'string' },
}

/** `opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest` */
export const exportTraceServiceRequest: Message = {
  1: { name: 'resourceSpans', type: () => resourceSpans, repeated: true },
}
