// What the handle gives, and what the compiler must refuse. Compiled by types.test.ts, never run.

import { start, type Lightspan, type Span } from 'lightspan'

const lightspan: Lightspan = start({ service: 'shop' })

/** Fails to compile where the two types differ. */
const same = <A>() => ({
  as: <B>(..._: [A] extends [B] ? ([B] extends [A] ? [] : [never]) : [never]) => {},
})
const typeOf = <T>(_: T) => same<T>()

typeOf(lightspan.span('price', () => 3)).as<number>()
typeOf(lightspan.span('load', async () => 'cart')).as<Promise<string>>()
typeOf(lightspan.span('load', { kind: 3 }, (span) => span.spanId)).as<string>()
typeOf(lightspan.startSpan('checkout')).as<Span>()
typeOf(lightspan.active()).as<Span | undefined>()
typeOf(lightspan.flush()).as<Promise<void>>()
typeOf(lightspan.stop()).as<void>()

const span = lightspan.startSpan('checkout', {
  kind: 3,
  attributes: { 'shop.total': 12.5 },
  parent: lightspan.active(),
  start: performance.now(),
})
span
  .setAttribute('shop.total', 13)
  .setAttribute('shop.total', undefined)
  .setAttributes({ 'shop.tags': ['a', 'b'] })
  .addEvent('paid', { 'shop.method': 'card' })
  .addLink({ traceId: span.traceId, spanId: span.spanId })
  .recordError(new Error('declined'))
  .setStatus('error', 'declined')
  .setName('checkout failed')
  .end(performance.now())
lightspan.startSpan('alone', { parent: null }).end()
lightspan.startSpan('remote', { parent: { traceId: '…', spanId: '…' } }).end()

// @ts-expect-error a span has a name
lightspan.startSpan()
// @ts-expect-error a kind is a number from 1 to 5
lightspan.startSpan('checkout', { kind: 6 })
// @ts-expect-error work is needed
lightspan.span('price')
// @ts-expect-error a parent has both ids
lightspan.startSpan('child', { parent: { traceId: '…' } })
// @ts-expect-error attributes are not nested
span.setAttribute('user', { id: 1 })
// @ts-expect-error statuses are told by name
span.setStatus(2)
// @ts-expect-error a time, not a Date
span.end(new Date())
// @ts-expect-error nothing else to call
lightspan.restart()
