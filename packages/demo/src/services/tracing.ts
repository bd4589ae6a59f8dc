// tracing.ts: preloaded into each service: the OpenTelemetry Node SDK, as any backend has it. No Lightspan here.

import { register } from 'node:module'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)

const exporter = new OTLPTraceExporter({ url: process.env['COLLECTOR']! + '/v1/traces' })

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({
    [ATTR_SERVICE_NAME]: process.env['SERVICE']!,
    [ATTR_SERVICE_VERSION]: '1.0.0',
  }),
  // Five seconds, the default, is long for somebody who waits to see a trace.
  spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 500 })],
})
provider.register()

registerInstrumentations({
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
})

process.once('SIGTERM', () => {
  void provider.shutdown().finally(() => process.exit(0))
})
