// main.ts: a page whose requests and load are traced by OpenTelemetry's own instrumentations.

import { context, propagation, trace } from '@opentelemetry/api'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { DocumentLoadInstrumentation } from '@opentelemetry/instrumentation-document-load'
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { errorSpans, interactionSpans, loadSpans, start } from 'lightspan'
import { openTelemetry } from '@lightspan/otel'

// As an application would: its instrumentations may come first.
const stopInstrumentations = registerInstrumentations({
  instrumentations: [new FetchInstrumentation(), new DocumentLoadInstrumentation()],
})
const lightspan = start({
  service: 'page',
  url: '/v1/spans',
  // so that no test waits for the batch timer
  beforeSend: (span) => {
    setTimeout(() => void lightspan.flush())
    return span
  },
  instrumentations: [openTelemetry(), loadSpans(), interactionSpans(), errorSpans()],
})

document.querySelector('#go')!.addEventListener('click', () => void fetch('/api/200?of=click'))

Object.assign(window, {
  tracing: lightspan,
  api: { context, propagation, trace },
  end: () => {
    stopInstrumentations()
    lightspan.stop()
  },
})
