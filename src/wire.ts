// wire.ts: the side door for receivers: both formats, both directions.

export { compactVersion, encodeCompact } from './wire/compact.ts'
export { compactLimits, decodeCompact } from './wire/decode-compact.ts'
export type { CompactBatch, CompactError, CompactLimits } from './wire/decode-compact.ts'
export { encodeOtlp } from './wire/otlp.ts'
export type {
  AnyValue,
  KeyValue,
  OtlpEvent,
  OtlpLink,
  OtlpSpan,
  ResourceSpans,
  Scope,
  ScopeSpans,
  TracesData,
} from './wire/otlp.ts'
export type { Batch, Encode } from './wire/batch.ts'
export type {
  Attributes,
  AttributeValue,
  EventRecord,
  LinkRecord,
  SpanKind,
  SpanRecord,
  StatusCode,
} from './trace/record.ts'
