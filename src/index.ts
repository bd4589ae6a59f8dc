// index.ts: the front door.

export { everything, start } from './start.ts'
export { startWith } from './start-with.ts'
export { encodeCompact } from './wire/compact.ts'
export { encodeOtlp } from './wire/otlp.ts'
export { errorSpans } from './instrument/errors.ts'
export { fetchSpans } from './instrument/fetch.ts'
export { interactionSpans } from './instrument/interaction.ts'
export { loadSpans } from './instrument/load.ts'
export { navigationSpans } from './instrument/navigation.ts'
export { webVitals } from './instrument/vitals.ts'
export { xhrSpans } from './instrument/xhr.ts'
export { version } from './version.ts'
export type { Answer, Transport } from './export/transport.ts'
export type { Lightspan } from './handle.ts'
export type { BaseOptions, Options } from './options.ts'
export type { Consent } from './session/gate.ts'
export type { Target } from './propagate/targets.ts'
export type { Instrumentation, PageTracer } from './trace/instrumentation.ts'
export type {
  Attributes,
  AttributeValue,
  EventRecord,
  LinkRecord,
  SpanKind,
  SpanRecord,
  StatusCode,
} from './trace/record.ts'
export type { Span, SpanContext, SpanOptions } from './trace/span.ts'
export type { Root } from './trace/sampling.ts'
export type { Tracer } from './trace/tracer.ts'
export type { WithSpan } from './trace/with-span.ts'
export type { Batch, Encode } from './wire/batch.ts'
