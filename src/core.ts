// core.ts: the side door: everything that needs no DOM, for edge workers, collectors and tests.

export { encodeCompact } from './wire/compact.ts'
export { encodeOtlp } from './wire/otlp.ts'
export type { Batch, Encode } from './wire/batch.ts'
export { gzip } from './export/gzip.ts'
export { createExporter } from './export/exporter.ts'
export type { Exporter, ExporterParts } from './export/exporter.ts'
export type { Answer } from './export/answer.ts'
export type { Transport } from './export/transport.ts'
export { mayPropagate } from './propagate/targets.ts'
export type { Target } from './propagate/targets.ts'
export { parseTraceparent } from './propagate/traceparent.ts'
export { parseTracestate } from './propagate/tracestate.ts'
export { platformClock } from './trace/clock.ts'
export type { Clock } from './trace/clock.ts'
export { createStackContext } from './trace/context.ts'
export type { Context, StackContext } from './trace/context.ts'
export { nativeContext } from './trace/native-context.ts'
export type { AsyncContextApi, AsyncVariable } from './trace/native-context.ts'
export { exceptionAttributes } from './trace/exception.ts'
export { httpMethod, setHttpStatus, startHttpSpan } from './trace/http.ts'
export { randomHex } from './trace/ids.ts'
export type { RandomHex } from './trace/ids.ts'
export type {
  Attributes,
  AttributeValue,
  EventRecord,
  LinkRecord,
  SpanKind,
  SpanRecord,
  StatusCode,
} from './trace/record.ts'
export { createSampler, sampledAt } from './trace/sampling.ts'
export type { Decision, Root } from './trace/sampling.ts'
export type { Span, SpanContext, SpanOptions } from './trace/span.ts'
export { createTracer } from './trace/tracer.ts'
export type { Tracer, TracerParts } from './trace/tracer.ts'
export { pathTemplate, redactUrl } from './trace/url.ts'
export { createWithSpan } from './trace/with-span.ts'
export type { WithSpan } from './trace/with-span.ts'
export { version } from './version.ts'
