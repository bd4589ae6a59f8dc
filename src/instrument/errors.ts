// errors.ts: uncaught errors, unhandled rejections and resources that did not load, on the span they happened in.

import { attempt } from '../browser/attempt.ts'
import { listen } from '../browser/listen.ts'
import { recordError } from '../trace/record-error.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'

/** The most errors that one page records, and resources that did not load: a loop that throws must not flood. */
const most = 100

/** The same error again within this time, in ms, is one. */
const again = 1000

// ErrorEvent, PromiseRejectionEvent, or the plain event of an element.
type Loose = Event & {
  error?: unknown
  message?: string
  reason?: unknown
  target: EventTarget & { currentSrc?: string; src?: string; href?: string }
}

/** Records uncaught errors as `exception` events, on the active span or on one of their own. */
export const errorSpans = (): Instrumentation => (tracer) => {
  // Of errors, and of resources.
  const left = [most, most]
  let last: string | undefined
  let at = -again
  const isNew = (key: string | undefined, lost: boolean) => {
    const now = tracer.now()
    const repeated = key == last && now - at < again
    last = key
    at = now
    return !repeated && left[+lost]!-- > 0
  }
  return listen(globalThis, ['error', 'unhandledrejection'], (event) => {
    const { error, message, reason, target } = event as Loose
    const thrown = (error ?? reason ?? message) as Partial<Error> | null | undefined
    const { currentSrc, src, href } = target || {}
    const resource = currentSrc || src || href
    // an element whose resource did not load fires `error` too, without a message
    if (event.type == 'error' && message === undefined) {
      if (typeof resource != 'string' || !isNew(resource, true)) return
      const url = new URL(resource, document.baseURI)
      tracer
        .start('resource error', {
          attributes: {
            'url.full': tracer.redact(url),
            'error.type': (target as Element).localName,
          },
        })
        .setStatus('error')
        .end()
    } else if (
      // what cannot become text is told of all the same
      isNew(
        attempt(() => `${thrown?.message ?? (thrown as string)}${thrown?.stack}`),
        false,
      )
    )
      recordError(tracer, 'uncaught exception', thrown)
  })
}
