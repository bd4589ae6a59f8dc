// xhr.ts: a client span for every XMLHttpRequest that is sent.

import { patch } from '../browser/patch.ts'
import { setHttpStatus, startHttpSpan } from '../trace/http.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import type { Span } from '../trace/span.ts'

interface Sending {
  method: string
  url: URL
  /** The app propagates a context of its own. */
  own?: boolean
  span?: Span
}

const finish = ({ span }: Sending, type: string, { status }: XMLHttpRequest) => {
  if (!span) return
  if (status) setHttpStatus(span, status)
  if (type == 'abort') span.setAttribute('lightspan.ended_by', type)
  else if (type != 'load') span.setAttribute('error.type', type).setStatus('error')
  span.end()
}

/** Traces XMLHttpRequest, synchronous ones too. */
export const xhrSpans = (): Instrumentation => (tracer) => {
  const proto = globalThis.XMLHttpRequest?.prototype
  if (!proto) return () => {}
  // What an open request is about; null until the first `open` went well.
  const sendings = new WeakMap<XMLHttpRequest, Sending>()
  const heard = new WeakSet<XMLHttpRequest>()
  const begin = (xhr: XMLHttpRequest, sending: Sending) => {
    const span = (sending.span = startHttpSpan(tracer, sending.method, sending.url))
    const header = !sending.own && tracer.header(span, sending.url)
    if (header) xhr.setRequestHeader('traceparent', header)
    if (heard.has(xhr)) return
    heard.add(xhr)
    for (const type of ['load', 'error', 'abort', 'timeout'])
      xhr.addEventListener(type, () => finish(sendings.get(xhr)!, type, xhr))
  }
  const undo = [
    patch(
      proto,
      'open',
      (original) =>
        function (this: XMLHttpRequest, ...args: unknown[]) {
          Reflect.apply(original, this, args)
          try {
            const url = new URL(`${args[1] as string}`, document.baseURI)
            sendings.set(this, { method: `${args[0] as string}`.toUpperCase(), url })
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
            if (sending && /^http/.test(sending.url.protocol)) begin(this, sending)
          } catch {
            // the request goes on without us
          }
          try {
            Reflect.apply(original, this, args)
          } catch (error) {
            if (sending) finish(sending, 'error', this) // a synchronous request throws its failure
            throw error
          }
        },
    ),
  ]
  return () => undo.forEach((each) => each())
}
