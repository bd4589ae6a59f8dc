// xhr.ts: a client span for every XMLHttpRequest that is sent.

import { patch } from '../browser/patch.ts'
import { watchResources, type Awaited } from '../browser/resource-timing.ts'
import { setHttpStatus, startHttpSpan } from '../trace/http.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import type { Span } from '../trace/span.ts'
import { setTiming } from '../trace/timing.ts'

interface Sending {
  method: string
  url: URL
  /** The app propagates a context of its own. */
  own?: boolean
  /** Our headers went along. */
  told?: boolean
  span?: Span
  awaited?: Awaited
}

/** Traces XMLHttpRequest, synchronous ones too. */
export const xhrSpans = (): Instrumentation => (tracer) => {
  const proto = globalThis.XMLHttpRequest?.prototype
  if (!proto) return () => {}
  const [expect, endWatch] = watchResources('xmlhttprequest')
  // What an open request is about.
  const sendings = new WeakMap<XMLHttpRequest, Sending>()
  const heard = new WeakSet<XMLHttpRequest>()

  const finish = ({ span, url, told, awaited }: Sending, type: string, status: number) => {
    if (!span || span.ended) return
    const at = tracer.now()
    if (told && type != 'abort') tracer.answered(url, type == 'load')
    if (status) setHttpStatus(span, status)
    if (type == 'abort') span.setAttribute('lightspan.ended_by', type)
    else if (type != 'load') span.setAttribute('error.type', type).setStatus('error')
    if (type != 'load') span.end(at)
    awaited!.settle((entry) => {
      if (entry) setTiming(span, entry)
      span.end(entry ? entry.responseEnd : at)
    })
  }
  const begin = (xhr: XMLHttpRequest, sending: Sending) => {
    const span = (sending.span = startHttpSpan(tracer, sending.method, sending.url))
    sending.awaited = expect(sending.url.href, span.start, () =>
      span.setAttribute('lightspan.ended_by', 'leave').end(),
    )
    if (!sending.own)
      for (const [name, value] of tracer.headers(span, sending.url)) {
        xhr.setRequestHeader(name, value)
        sending.told = true
      }
    if (heard.has(xhr)) return
    heard.add(xhr)
    for (const type of ['load', 'error', 'abort', 'timeout'])
      xhr.addEventListener(type, () => finish(sendings.get(xhr)!, type, xhr.status))
  }
  const undo = [
    patch(
      proto,
      'open',
      (original) =>
        function (this: XMLHttpRequest, ...args: unknown[]) {
          Reflect.apply(original, this, args)
          try {
            const before = sendings.get(this)
            // opened again while it was underway: the platform aborts without an event
            if (before) finish(before, 'abort', 0)
            const url = new URL(`${args[1] as string}`, document.baseURI)
            url.hash = ''
            sendings.set(this, { method: `${args[0] as string}`, url })
          } catch {
            sendings.delete(this)
          }
        },
    ),
    patch(
      proto,
      'setRequestHeader',
      (original) =>
        function (this: XMLHttpRequest, name: string, value: string) {
          const sending = sendings.get(this)
          if (sending && `${name}`.toLowerCase() == 'traceparent') sending.own = true
          Reflect.apply(original, this, [name, value])
        },
    ),
    patch(
      proto,
      'send',
      (original) =>
        function (this: XMLHttpRequest, ...args: unknown[]) {
          const sending = sendings.get(this)
          try {
            // not sent twice: the platform will throw, and the first goes on
            if (sending && !sending.span && /^http/.test(sending.url.protocol)) begin(this, sending)
          } catch {
            // the request goes on without us
          }
          try {
            Reflect.apply(original, this, args)
          } catch (error) {
            // a synchronous request throws its failure
            if (sending && this.readyState == 4) finish(sending, 'error', 0)
            throw error
          }
        },
    ),
    endWatch,
  ]
  return () => undo.forEach((each) => each())
}
