// wait-until.ts: how a runtime is asked to let work finish after the response.

import type { WaitUntil } from './pipeline.ts'

interface Waits {
  waitUntil: WaitUntil
}

const waits = (it: unknown): it is Waits =>
  typeof (it as Partial<Waits> | undefined)?.waitUntil == 'function'

/**
 * Finds `waitUntil` among a handler's arguments (Cloudflare, Netlify, events of Vercel) or in Vercel's request
 * context. Without one the runtime lives on by itself (Node, Deno, Bun).
 */
export const findWaitUntil = (args: readonly unknown[]): WaitUntil => {
  const vercel = (globalThis as { [slot: symbol]: { get?: () => unknown } | undefined })[
    Symbol.for('@vercel/request-context')
  ]
  const context = args.find(waits) ?? vercel?.get?.()
  return (promise) => {
    const quiet = promise.catch(() => {})
    try {
      // Called on its owner: platform objects refuse to have their methods borrowed.
      if (waits(context)) context.waitUntil(quiet)
    } catch {
      // the request is over; the promise goes on for as long as the runtime lets it
    }
  }
}
