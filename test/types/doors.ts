// The other doors, and how deep a user may reach in. Compiled by types.test.ts, never run.

import { createTracer, encodeCompact, parseTraceparent, platformClock } from 'lightspan/core'
import { decodeCompact, type TracesData } from 'lightspan/wire'
import { traced } from '@lightspan/edge'

export const tracer: typeof createTracer = createTracer
export const parsed = parseTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
export const now: number = platformClock().now()
export const data: TracesData = decodeCompact('{}').data
export const encode = encodeCompact

const options = { service: 'edge', url: 'https://collector.example/v1/spans' }
const handler = (request: Request, env: { name: string }) => new Response(request.url + env.name)

export const asFunction: (request: Request, env: { name: string }) => unknown = traced(
  handler,
  options,
)
export const asWorker = traced({ fetch: handler, other: 1 }, options)
asWorker.other.toFixed()

// @ts-expect-error only what `exports` names can be imported
import { createTracer as deep } from 'lightspan/dist/shared/tracer.js'
export { deep }
// @ts-expect-error a service is required
traced(handler, {})
// @ts-expect-error a handler is a function, or has fetch
traced({ handle: handler }, options)
