// send.ts: how a worker's batches reach the ingest endpoint.

import {
  createExporter,
  encodeCompact,
  version,
  type Answer,
  type Clock,
  type Exporter,
  type Transport,
} from 'lightspan/core'
import type { WorkerOptions } from './options.ts'

/** Spans in a batch that leaves before its time. */
const batchSize = 100

/** How long a span may wait, in ms: a service worker may be ended soon after its last event. */
const batchDelay = 500

/** How long an answer may take, in ms. */
const patience = 30_000

const createTransport = (url: string, send: typeof fetch): Transport => {
  const request: Transport['request'] = (how, body, more) =>
    how.call(globalThis, url, {
      method: 'POST',
      body,
      credentials: 'omit',
      headers: { 'content-type': 'text/plain' },
      ...more,
    })
  const read = ({ ok, status, headers }: Response): Answer => ({
    // a page for people, where a redirect has led, is no receiver's answer
    taken: ok && !/html/.test(headers.get('content-type')!),
    retry: /429|50[234]/.test(`${status}`),
  })
  return {
    own: true,
    type: 'text/plain',
    request,
    post: (body) => [
      request(send, body, { signal: AbortSignal.timeout(patience) }).then(read, () => ({
        taken: false,
        retry: true,
      })),
      false,
    ],
    leave: (body) => {
      request(send, body, { keepalive: true }).catch(() => {}) // nobody would hear of it
      return true
    },
  }
}

/** Builds the exporter of a worker. `send` is the platform's fetch, before it is patched. */
export const createWorkerExporter = (
  options: WorkerOptions,
  { origin, now }: Clock,
  send: typeof fetch,
): Exporter => {
  const { service, version: serviceVersion, environment, key, attributes, url } = options
  const resource = {
    'service.name': service || 'unknown_service',
    'service.version': serviceVersion,
    'deployment.environment.name': environment,
    'telemetry.sdk.name': 'lightspan',
    'telemetry.sdk.language': 'webjs',
    'telemetry.sdk.version': version,
    'user_agent.original': navigator.userAgent,
    ...attributes,
  }
  return createExporter({
    size: batchSize,
    delay: batchDelay,
    transport: createTransport(url ?? '/v1/spans', send),
    encode: (spans, dropped, number) =>
      encodeCompact({
        resource,
        scope: { name: '@lightspan/worker', version },
        origin,
        sent: now(),
        wall: Date.now(),
        key,
        number,
        dropped,
        spans,
      }),
  })
}
