// wire.ts: the side door for receivers: both formats, both directions.

export { compactVersion, encodeCompact } from './wire/compact.ts'
export { compactLimits } from './wire/check-compact.ts'
export type { CompactError, CompactLimits } from './wire/check-compact.ts'
export { decodeCompact } from './wire/decode-compact.ts'
export type { CompactBatch } from './wire/decode-compact.ts'
export { compactFromOtlp } from './wire/from-otlp.ts'
export { validIds } from './wire/valid-ids.ts'
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
export type { Batch, Drops, Encode } from './wire/batch.ts'
export { createIds } from './wire/ids.ts'
export type { Ids } from './wire/ids.ts'
export type {
  Attributes,
  AttributeValue,
  EventRecord,
  LinkRecord,
  SpanKind,
  SpanRecord,
  StatusCode,
} from './trace/record.ts'
