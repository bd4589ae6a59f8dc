// worker.ts: a dedicated or shared worker that does what it is told.

import { hearMessages, startWorker } from '@lightspan/worker'

interface Port {
  postMessage: (message: unknown) => void
}

const lightspan = startWorker({ service: 'worker' })

const answer = (data: unknown, port: Port) => {
  if (data == 'fetch')
    void fetch('/api/worker')
      .then(() => lightspan.flush())
      .then(() => port.postMessage('done'))
  else if (data == 'throw') {
    setTimeout(() => {
      throw new RangeError('in the worker')
    })
    setTimeout(() => void lightspan.flush().then(() => port.postMessage('done')), 20)
  } else
    port.postMessage({
      data,
      size: (data as { buffer?: ArrayBuffer } | null)?.buffer?.byteLength ?? null,
      active: lightspan.active()?.traceId ?? null,
    })
}

const scope = globalThis as unknown as EventTarget & Port
if ('postMessage' in globalThis)
  hearMessages({
    tracer: lightspan.tracer,
    target: scope,
    hear: (data) => answer(data, scope),
  })
else
  scope.addEventListener('connect', (event) => {
    const port = (event as MessageEvent).ports[0]!
    hearMessages({ tracer: lightspan.tracer, target: port, hear: (data) => answer(data, port) })
    port.start()
  })
