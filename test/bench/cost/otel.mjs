// otel.mjs: OpenTelemetry's web SDK as its documentation sets it up, with the same four instrumentations.

import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { DocumentLoadInstrumentation } from '@opentelemetry/instrumentation-document-load'
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { UserInteractionInstrumentation } from '@opentelemetry/instrumentation-user-interaction'
import { XMLHttpRequestInstrumentation } from '@opentelemetry/instrumentation-xml-http-request'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, WebTracerProvider } from '@opentelemetry/sdk-trace-web'

const exporter = new OTLPTraceExporter({ url: new URL('/v1/traces', location.href).href })
const provider = new WebTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'bench' }),
  spanProcessors: [new BatchSpanProcessor(exporter)],
})
provider.register()
registerInstrumentations({
  instrumentations: [
    new DocumentLoadInstrumentation(),
    new FetchInstrumentation({ ignoreUrls: [/v1/] }),
    new XMLHttpRequestInstrumentation({ ignoreUrls: [/v1/] }),
    new UserInteractionInstrumentation(),
  ],
})
globalThis.flushBench = () => provider.forceFlush()
