// index.ts: the front door: Lightspan behind the OpenTelemetry API, and an exporter for OpenTelemetry SDKs.

export { openTelemetry } from './globals.ts'
export type { Host } from './span.ts'
export { createSpanExporter } from './exporter.ts'
export type { CompactSpanExporter, ExporterOptions, ExportOutcome } from './exporter.ts'
export type { EndedSpan } from './ended-span.ts'
