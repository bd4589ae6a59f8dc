// index.ts: the front door.

export * from './standard.ts'
export { startWith } from './start-with.ts'
export { beaconSpans } from './instrument/beacon.ts'
export { consoleErrors } from './instrument/console-errors.ts'
export { eventSourceSpans } from './instrument/event-source.ts'
export { frustrationSpans } from './instrument/frustration.ts'
export { inferredContext } from './instrument/guess.ts'
export { graphqlOperations } from './instrument/graphql.ts'
export { lifecycleSpans } from './instrument/lifecycle.ts'
export { longFrames } from './instrument/long-frames.ts'
export { reportSpans } from './instrument/reports.ts'
export { resourceSpans } from './instrument/resources.ts'
export { userTiming } from './instrument/user-timing.ts'
export { webSocketSpans } from './instrument/web-socket.ts'
export { webTransportSpans } from './instrument/web-transport.ts'
export { addEvent } from './add-event.ts'
export { featureFlag, flagHook } from './feature-flag.ts'
export type { FlagEvaluation, FlagHook } from './feature-flag.ts'
export type { GraphqlOptions } from './instrument/graphql.ts'
export type { NavigationOptions } from './instrument/navigation.ts'
export type { ResourceOptions } from './instrument/resources.ts'
export type { Answer } from './export/answer.ts'
export type { Transport } from './export/transport.ts'
export { crashCopies } from './export/copies.ts'
export { createOffset } from './export/offset.ts'
export { createOpenSpans } from './export/open-spans.ts'
export { createTimeline } from './trace/clock.ts'
export { createVisitor } from './visitor.ts'
export { patientDelivery } from './parts.ts'
export { createSampler } from './trace/sampling.ts'
export { setTiming } from './trace/timing.ts'
export { createIds } from './wire/ids.ts'
export type { Delivery, Parts } from './parts.ts'
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
