// Feature flags and events of the application, on the span they belong to; OpenFeature's own SDK calls the hook.

import { InMemoryProvider, OpenFeature } from '@openfeature/web-sdk'
import { addEvent, featureFlag, flagHook } from 'lightspan'
import { createStackContext, createTracer, createWithSpan, type Span } from 'lightspan/core'
import { beforeEach, describe, expect, test } from 'vitest'

let ended: Span[] = []
const tracer = createTracer({
  clock: { origin: 0, now: () => performance.now() },
  random: (bytes) => 'ab'.repeat(bytes),
  context: createStackContext(),
  sample: 1,
  onEnd: (span) => ended.push(span),
})
const lightspan = { active: tracer.active, startSpan: tracer.start, span: createWithSpan(tracer) }
beforeEach(() => {
  ended = []
})

describe('addEvent()', () => {
  test('goes to the active span', () => {
    lightspan.span('work', () => addEvent(lightspan, 'cart.filled', { 'cart.items': 2 }))
    expect(ended).toMatchObject([
      { name: 'work', events: [{ name: 'cart.filled', attributes: { 'cart.items': 2 } }] },
    ])
  })

  test('makes a span of its own where none is active', () => {
    addEvent(lightspan, 'cart.filled')
    expect(ended).toMatchObject([{ name: 'cart.filled', events: [{ name: 'cart.filled' }] }])
  })
})

describe('featureFlag()', () => {
  test('is an event by the convention', () => {
    lightspan.span('render', () =>
      featureFlag(lightspan, { key: 'new-cart', variant: 'on', value: true, reason: 'SPLIT' }),
    )
    expect(ended[0]!.events).toMatchObject([
      {
        name: 'feature_flag.evaluation',
        attributes: {
          'feature_flag.key': 'new-cart',
          'feature_flag.result.variant': 'on',
          'feature_flag.result.value': true,
          'feature_flag.result.reason': 'split',
        },
      },
    ])
  })

  test('records no object: it could be anything', () => {
    featureFlag(lightspan, { key: 'layout', value: { secret: 1 } })
    expect(ended[0]!.events[0]!.attributes['feature_flag.result.value']).toBeUndefined()
  })
})

test("OpenFeature's hook records what its SDK evaluated, errors too, and not for whom", async () => {
  const provider = new InMemoryProvider({
    color: { variants: { warm: 'red', cold: 'blue' }, defaultVariant: 'cold', disabled: false },
  })
  await OpenFeature.setProviderAndWait('shop', provider, { targetingKey: 'a secret user' })
  const client = OpenFeature.getClient('shop').addHooks(flagHook(lightspan))
  lightspan.span('render', () => {
    expect(client.getStringValue('color', 'grey')).toBe('blue')
    expect(client.getStringValue('missing', 'grey')).toBe('grey')
  })
  expect(ended[0]!.events.map(({ attributes }) => attributes)).toMatchObject([
    {
      'feature_flag.key': 'color',
      'feature_flag.provider.name': 'in-memory',
      'feature_flag.result.variant': 'cold',
      'feature_flag.result.value': 'blue',
      'feature_flag.result.reason': 'static',
      'error.type': undefined,
    },
    {
      'feature_flag.key': 'missing',
      'feature_flag.result.value': 'grey',
      'feature_flag.result.reason': 'error',
      'error.type': 'flag_not_found',
    },
  ])
  expect(JSON.stringify(ended)).not.toContain('secret')
  await OpenFeature.close()
})
