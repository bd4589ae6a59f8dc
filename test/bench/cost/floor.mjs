// floor.mjs: the least that a tracer does to a page, and nothing of what makes it one: no span, nothing sent. Each request
// gets a header and is heard of as it ends, with its entry; each input is heard, with the engine's timing of it.

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03'
const hear = () => {}
const watch = (type, more) =>
  new PerformanceObserver((list) => list.getEntries()).observe({ type, ...more })

const { fetch } = globalThis
globalThis.fetch = (input, init) =>
  fetch(input, { ...init, headers: { traceparent } }).then((response) => response)

const { send } = XMLHttpRequest.prototype
XMLHttpRequest.prototype.send = function (...args) {
  this.setRequestHeader('traceparent', traceparent)
  this.addEventListener('load', hear)
  return send.apply(this, args)
}
watch('resource')

for (const type of ['pointerdown', 'pointerup', 'click'])
  for (const capture of [true, false]) addEventListener(type, hear, { capture, passive: true })
watch('event', { durationThreshold: 16 })

globalThis.flushBench = () => {}
