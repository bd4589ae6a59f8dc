// xhr.ts: a client span for every XMLHttpRequest that is sent.

import { attempt } from '../browser/attempt.ts'
import { patch } from '../browser/patch.ts'
import { watchResources, type Awaited } from '../browser/resource-timing.ts'
import { setHttpStatus, startHttpSpan } from '../trace/http.ts'
import type { Asked, Instrumentation, PageTracer } from '../trace/instrumentation.ts'
import type { Span } from '../trace/span.ts'

type Expect = ReturnType<typeof watchResources>[0]

interface Sending {
  method: string
  url: URL
  /** The app propagates a context of its own. */
  own?: boolean
  /** Where our headers went. */
  told?: Asked | undefined
  span?: Span
  /** It came to its end. */
  done?: boolean
  awaited?: Awaited
}

// `failed`: how, in the name of the event that says so.
const finish = (
  tracer: PageTracer,
  sending: Sending,
  status: number,
  failed = status ? '' : 'error',
) => {
  const { span, told, awaited, done } = sending
  if (!span || done) return
  sending.done = true
  const at = tracer.now()
  if (told && failed != 'abort') tracer.answered?.(told, !failed)
  tracer.later(() => {
    if (status) setHttpStatus(span, status)
    if (failed == 'abort') span.setAttribute('lightspan.ended_by', failed)
    else if (failed) span.setAttribute('error.type', failed).setStatus('error')
    if (failed) span.end(at)
    awaited!.settle((entry) => {
      if (entry) tracer.timing?.(span, entry)
      span.end(entry ? entry.responseEnd : at)
    })
  })
}

const begin = (tracer: PageTracer, expect: Expect, xhr: XMLHttpRequest, sending: Sending) => {
  const { method, url, own } = sending
  const { href, origin, pathname } = url // once: each asks the engine
  if (!/^http/.test(href)) return
  const span = (sending.span = startHttpSpan(tracer, method, url))
  sending.awaited = expect('xmlhttprequest' + href, span.start, () =>
    span.setAttribute('lightspan.ended_by', 'leave').end(),
  )
  const told = { origin, pathname }
  const more = own ? undefined : attempt(() => tracer.headers(span, told))
  for (const [name, value] of Object.entries(more || {})) xhr.setRequestHeader(name, value)
  sending.told = more && told
}

type Patched = (this: XMLHttpRequest, ...args: unknown[]) => void

const patchAll = (
  proto: XMLHttpRequest,
  patches: Record<string, (original: Patched) => Patched>,
): (() => void)[] =>
  Object.entries(patches).map(([name, wrap]) => patch(proto, name as 'send', wrap as never))

/** Traces XMLHttpRequest, synchronous ones too. */
export const xhrSpans = (): Instrumentation => (tracer) => {
  const proto = globalThis.XMLHttpRequest?.prototype
  if (!proto) return () => {}
  const [expect, endWatch] = watchResources(tracer)
  // What an open request is about.
  const known = new WeakMap<XMLHttpRequest, Sending>()
  const hear = ({ currentTarget, type }: Event) => {
    const xhr = currentTarget as XMLHttpRequest
    const sending = known.get(xhr)
    if (sending && xhr.readyState == 4)
      finish(tracer, sending, xhr.status, type == 'loadend' ? undefined : type)
  }
  const opened = (xhr: XMLHttpRequest, [method, address]: unknown[]) => {
    const before = known.get(xhr)
    known.delete(xhr)
    // opened again while it was underway: the platform aborts without an event
    if (before) finish(tracer, before, 0, 'abort')
    const url = new URL(`${address as string}`, document.baseURI)
    url.hash = ''
    known.set(xhr, { method: `${method as string}`, url })
  }
  const undo = patchAll(proto, {
    open: (original) =>
      function (...args) {
        const before = known.get(this)
        // it came to its end, and a listener before ours uses it again
        if (before && this.readyState == 4) finish(tracer, before, this.status)
        Reflect.apply(original, this, args)
        attempt(() => opened(this, args)) // what we cannot read stays unknown
      },
    setRequestHeader: (original) =>
      function (...args) {
        const sending = known.get(this)
        if (sending && `${args[0] as string}`.toLowerCase() == 'traceparent') sending.own = true
        Reflect.apply(original, this, args)
      },
    send: (original) =>
      function (...args) {
        const sending = known.get(this)
        // not sent twice: the platform will throw, and the first goes on
        if (sending && !sending.span)
          attempt(() => {
            begin(tracer, expect, this, sending)
            // of one that is sent again the platform keeps one listener
            // not `load`, which a listener before ours may keep from us
            for (const type of ['error', 'abort', 'timeout', 'loadend'])
              this.addEventListener(type, hear)
          })
        try {
          Reflect.apply(original, this, args)
        } catch (error) {
          // a synchronous request throws its failure
          if (sending && this.readyState == 4) finish(tracer, sending, 0)
          throw error
        }
      },
  })
  return () => [...undo, endWatch].forEach((each) => each())
}
