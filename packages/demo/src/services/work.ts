// work.ts: stands for what a real service would do meanwhile: a span of its own, and some time.

import { setTimeout as wait } from 'node:timers/promises'
import { trace } from '@opentelemetry/api'

/** Takes about `ms`, a fifth more or less, in a span called `name`. */
export const work = (name: string, ms: number, attributes: Record<string, string | number> = {}) =>
  trace.getTracer('shop').startActiveSpan(name, { attributes }, async (span) => {
    await wait(ms * (0.8 + Math.random() * 0.4))
    span.end()
  })
