// Development builds warn of misuse, once each, and else do what production does.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createStackContext, createTracer, type Span } from 'lightspan/core'
import type { Lightspan } from 'lightspan'
import * as development from '../../src/development.ts'
import { nearest } from '../../src/development/show.ts'
import { watchHandle } from '../../src/development/watch-handle.ts'
import { watchStart } from '../../src/development/watch-start.ts'
import * as production from '../../src/index.ts'
import { createHandle } from '../../src/handle.ts'

let warned: string[] = []
let ended: Span[] = []

const forget = () => {
  delete (globalThis as { [key: symbol]: unknown })[Symbol.for('lightspan.development.v1')]
  warned = []
  ended = []
}
beforeEach(() => {
  forget()
  vi.spyOn(console, 'warn').mockImplementation((text: string) => void warned.push(text))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const plain = () =>
  createHandle(
    createTracer({
      clock: { origin: 0, now: () => 5 },
      random: (bytes) => 'ab'.repeat(bytes),
      context: createStackContext(),
      sample: 1,
      onEnd: (span) => ended.push(span),
    }),
    {
      flush: async () => {},
      stop: () => {},
      setAttributes: () => {},
      setConsent: () => {},
      use: (one) => void one({} as never)(),
    },
  )
const make = () => watchHandle(plain(), () => {})

// What a page without types may do.
type Loose = Record<string, (...args: unknown[]) => Loose>
const loose = (it: unknown) => it as Loose

const other = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }

describe('nothing is said', () => {
  test('where all is used as it should be', async () => {
    const lightspan = make()
    lightspan.span('price', (span) => span.setAttribute('shop.total', 1).setName('price 2'))
    await lightspan.span('load', { kind: 3, attributes: { 'shop.tags': ['a', 'b'] } }, async () => {
      lightspan.active()?.addEvent('paid', { 'shop.method': 'card' }, 12)
      lightspan.recordError('no')
    })
    const span = lightspan.startSpan('checkout', { parent: null, start: 5 })
    span
      .setAttributes({ a: true, b: undefined, c: [] })
      .addLink(other)
      .recordError(new Error('declined'))
      .setStatus('error', 'declined')
      .end(7)
    span.traceparent()
    lightspan.startSpan('child', { parent: span }).end()
    lightspan.startSpan('remote', { parent: other, attributes: {} }).end()
    lightspan.setAttributes({ tenant: 'x' })
    lightspan.setUser('me')
    lightspan.setUser(undefined)
    lightspan.setConsent('granted')
    lightspan.use(() => () => {})
    lightspan.stop()
    expect(warned).toEqual([])
  })

  test('where the application ends a span of span() early, which is ended once more for it', async () => {
    const lightspan = make()
    lightspan.span('early', (span) => span.end())
    await lightspan.span('early', async (span) => span.end())
    expect(warned).toEqual([])
    expect(ended).toHaveLength(2)
  })

  test('of starts with all options', () => {
    development
      .start({
        service: 'shop',
        version: '1',
        environment: 'test',
        url: '/v1/spans',
        key: 'k',
        headers: {},
        propagateTo: ['https://a.example', /x/],
        sample: () => 0.5,
        sampleBy: 'session',
        keepQuery: ['q'],
        attributes: { team: 'a' },
        beforeSend: (span) => span,
        consent: 'pending',
        session: { idle: 1, life: 2, store: development.sharedStore },
        compress: false,
        encode: development.encodeOtlp,
        format: 'otlp',
        instrumentations: [...development.everything(), development.longFrames()],
      })
      .stop()
    development.startWith([development.fetchSpans()], { service: 'shop' }, development.allParts)
    const { overhead } = development.startWatched(
      [],
      { service: 'shop', overhead: {} },
      development.allParts,
    )
    expect(overhead).toBeTypeOf('function')
    expect(warned).toEqual([])
  })
})

describe('misuse of a span', () => {
  const uses: [what: string, use: (it: Lightspan) => unknown, said: RegExp][] = [
    [
      'setAttribute after end()',
      (it) => {
        const span = it.startSpan('checkout')
        span.end()
        span.setAttribute('a', 1)
      },
      /setAttribute\(\) of the span "checkout": the span has ended; expected is a call before end\(\)\. Nothing is changed/,
    ],
    ...['setAttributes', 'addEvent', 'addLink', 'recordError', 'setStatus', 'setName'].map(
      (method): (typeof uses)[number] => [
        `${method} after end()`,
        (it) => {
          const span = it.startSpan('checkout')
          span.end()
          loose(span)[method]!('ok')
        },
        new RegExp(`${method}\\(\\) of the span "checkout": the span has ended`),
      ],
    ),
    [
      'a second end()',
      (it) => {
        const span = it.startSpan('checkout')
        span.end()
        span.end()
      },
      /end\(\) of the span "checkout": the span has ended; expected is one call of end\(\)/,
    ],
    [
      'two ends by the application of a span that is ended for it',
      (it) =>
        it.span('checkout', (span) => {
          span.end()
          span.end()
          span.end()
        }),
      /the span has ended/,
    ],
    ['an empty name', (it) => it.startSpan('').end(), /startSpan\(""\): the name is empty/],
    [
      'a name that is no text',
      (it) => loose(it)['startSpan']!(7)['end']!(),
      /startSpan\(7\): the name is 7; expected is a name that is text/,
    ],
    [
      'a name with a number',
      (it) => it.startSpan('order 12345').end(),
      /startSpan\("order 12345"\): the name "order 12345" seems to hold an id/,
    ],
    [
      'a name with a UUID',
      (it) => it.span('user 0af76519-16cd-43dd-8448-eb211c80319c', () => {}),
      /span\(.*seems to hold an id/,
    ],
    [
      'a new name with a number',
      (it) => it.startSpan('a').setName('order 12345').end(),
      /setName\(\) of the span "a": the name "order 12345"/,
    ],
    [
      'an event with a number',
      (it) => it.startSpan('a').addEvent('paid 12345').end(),
      /addEvent\(\) of the span "a": the name "paid 12345"/,
    ],
    ...(
      [
        [{}, 'an object'],
        [new Date(), 'a Date'],
        [Promise.resolve(), 'a Promise'],
        [() => {}, 'a function'],
        [10n, 'the bigint 10n'],
        [Symbol('x'), 'a symbol'],
        [null, 'null, where undefined leaves an attribute out'],
        [[1, {}], 'a list that holds values of type object'],
        [['a', null], 'a list that holds null'],
        [['a', 1], 'a list of string and number'],
      ] as const
    ).map(([value, said]): (typeof uses)[number] => [
      `an attribute that is ${said}`,
      (it) => loose(it.startSpan('a'))['setAttribute']!('user', value),
      new RegExp(
        `setAttribute\\(\\) of the span "a": the attribute "user" is ${said}; expected is text, a number`,
      ),
    ]),
    [
      'attributes of a start',
      (it) => loose(it)['startSpan']!('a', { attributes: { user: { id: 1 } } }),
      /startSpan\("a"\): the attribute "user" is an object/,
    ],
    [
      'attributes that are none',
      (it) => loose(it.startSpan('a'))['setAttributes']!('user'),
      /the attributes are "user"/,
    ],
    [
      'an attribute without a name',
      (it) => it.startSpan('a').setAttribute('', 1),
      /an attribute's name is empty/,
    ],
    ['an unknown status', (it) => loose(it.startSpan('a'))['setStatus']!(2), /the status is 2;/],
    [
      'an end by another clock',
      (it) => it.startSpan('a').end(Date.now()),
      /the time is \d+, which looks like Date\.now\(\); expected is ms on the clock of performance\.now\(\)/,
    ],
    ['an end at no time', (it) => it.startSpan('a').end(NaN), /the time is NaN/],
    ['an end at a Date', (it) => loose(it.startSpan('a'))['end']!(new Date()), /is a Date/],
    ['an event by another clock', (it) => it.startSpan('a').addEvent('x', {}, 2e12), /Date\.now/],
    ['a start by another clock', (it) => it.startSpan('a', { start: 2e12 }), /the start is/],
    [
      'an option with a slip',
      (it) => loose(it)['startSpan']!('a', { attribute: {} }),
      /startSpan\("a"\): there is no option "attribute"; expected is "attributes", probably\. It is ignored/,
    ],
    ['an unknown kind', (it) => loose(it)['startSpan']!('a', { kind: 9 }), /the kind is 9/],
    [
      'a parent that is none',
      (it) => loose(it)['startSpan']!('a', { parent: { id: 1 } }),
      /the parent is an object without ids/,
    ],
    [
      'a parent that is a header',
      (it) => loose(it)['startSpan']!('a', { parent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }),
      /parseTraceparent of lightspan\/core/,
    ],
    [
      'a link to nothing',
      (it) => loose(it.startSpan('a'))['addLink']!({}),
      /the target is an object without ids/,
    ],
    [
      'an attribute on a span of somebody else',
      (it) =>
        it.span('a', () => {
          loose(it.active())['setAttribute']!('user', {})
        }),
      /the attribute "user" is an object/,
    ],
  ]
  test.each(uses)('is told: %s', (_, use, said) => {
    use(make())
    expect(warned).toHaveLength(1)
    expect(warned[0]).toMatch(said)
    expect(warned[0]).toMatch(/^lightspan: [^]+; expected is [^]+\. [A-Z][^]+\.$/)
  })

  test('is told of what an own event is given by addEvent', () => {
    development.addEvent(make(), 'paid', { user: {} as never })
    expect(warned).toMatchObject([expect.stringContaining('the attribute "user" is an object')])
  })
})

describe('misuse of the handle', () => {
  test.each([
    [
      'no work',
      'span',
      ['price'],
      /span\("price"\): the work is undefined; expected is a function/,
    ],
    ['work that is a promise', 'span', ['price', Promise.resolve()], /the work is a Promise/],
    ['options and no work', 'span', ['price', {}, 3], /the work is 3/],
  ] as const)('is told, and fails as without us: %s', (_, method, args, said) => {
    const thrown = (it: Lightspan) => {
      try {
        loose(it)[method]!(...args)
        return 'nothing'
      } catch (error) {
        return String(error)
      }
    }
    expect(thrown(make())).toBe(thrown(plain()))
    expect(warned).toMatchObject([expect.stringMatching(said)])
  })

  test.each([
    ['setUser', [7], /setUser\(\): the id is 7/],
    ['setConsent', ['yes'], /consent is "yes"; expected is "granted" or "denied" or "pending"/],
    ['setConsent', [undefined], /consent is undefined/],
    ['setAttributes', [{ cart: {} }], /setAttributes\(\): the attribute "cart" is an object/],
    ['setAttributes', [[]], /the attributes are a list/],
  ] as const)('is told: %s(%j)', (method, args, said) => {
    loose(make())[method]!(...args)
    expect(warned).toMatchObject([expect.stringMatching(said)])
  })

  test('is told where an instrumentation is none, or was not called', () => {
    const lightspan = make()
    const longFrames = () => (_: unknown) => () => {}
    lightspan.use(longFrames as never)
    expect(warned).toMatchObject([
      expect.stringMatching(/use\(\): longFrames was not called; expected is what it gives: longF/),
    ])
    expect(() => lightspan.use('longFrames' as never)).toThrow() // as `one(…)` of this test does
    expect(warned[1]).toMatch(/an instrumentation is "longFrames"; expected is a function/)
  })

  test('is told after stop()', () => {
    const lightspan = make()
    lightspan.stop()
    lightspan.span('late', () => {})
    expect(warned).toMatchObject([expect.stringMatching(/span\("late"\): Lightspan was stopped/)])
  })
})

describe('misuse of start', () => {
  const start = development.start as (options?: unknown) => Lightspan
  test.each([
    [{}, /service is undefined; expected is the name of the application/],
    [{ service: 'a', tenant: 'b' }, /no option "tenant"; expected is one of service, version/],
    [{ service: 'a', propogateTo: [] }, /no option "propogateTo"; expected is "propagateTo", prob/],
    [{ service: 'a', overhead: {} }, /no option "overhead"/],
    [{ service: 'a', sample: 10 }, /sample is 10; expected is a share from 0 to 1.*All traces are/],
    [{ service: 'a', sample: -1 }, /sample is -1;.*No trace is recorded/],
    [{ service: 'a', sample: NaN }, /sample is NaN;.*No trace is recorded/],
    [{ service: 'a', sample: '0.1' }, /sample is "0.1";.*another share/],
    [{ service: 'a', format: 'json' }, /format is "json"; expected is "compact" or "otlp"/],
    [{ service: 'a', sampleBy: 'user' }, /sampleBy is "user"/],
    [{ service: 'a', consent: true }, /consent is true/],
    [{ service: 'a', session: { idel: 1 } }, /session: there is no option "idel"; .*"idle"/],
    [
      { service: 'a', propagateTo: 'https://a.example' },
      /propagateTo is "https.*a list of origins/,
    ],
    [{ service: 'a', attributes: { a: null } }, /the attribute "a" is null/],
    [{ service: 'a', beforeSend: {} }, /beforeSend is an object; expected is a function/],
    [{ service: 'a', encode: 'otlp' }, /encode is "otlp"; expected is a function/],
    [{ service: 'a', instrumentations: [1] }, /an instrumentation is 1/],
  ])('is told: %j', (options, said) => {
    start(options)
    expect(warned).toHaveLength(1)
    expect(warned[0]).toMatch(said)
    expect(warned[0]).toMatch(/^lightspan: start\(\)/)
  })

  test('is told of a part that is none, and of a rule that nobody asks', () => {
    const { startWith } = development
    startWith([], { service: 'a' }, { visiter: development.createVisitor } as never)
    expect(warned[0]).toMatch(/startWith\(\), parts: there is no option "visiter"; .*"visitor"/)
    startWith([], { service: 'a', sample: () => 1 })
    expect(warned[1]).toMatch(/sample is a function, which only the part "sampler" calls/)
    expect(warned).toHaveLength(2)
  })

  test('is told of a rule that gives no share, when it does', () => {
    const given: unknown[] = []
    watchStart({
      at: 'start()',
      options: { service: 'a', sample: (_: object) => 7 },
      start: ({ sample }) => {
        given.push(typeof sample == 'function' && sample({}))
        return plain()
      },
    })
    expect(given).toEqual([7])
    expect(warned).toMatchObject([expect.stringMatching(/sample\(\): sample is 7/)])
  })

  test('is told where a page starts it twice, but not after stop() or under another name', () => {
    vi.stubGlobal('document', { baseURI: 'https://shop.example/' })
    const begin = (service: string) =>
      watchStart({ at: 'start()', options: { service }, start: plain })
    begin('shop').stop()
    begin('shop')
    begin('basket')
    expect(warned).toEqual([])
    begin('shop')
    expect(warned).toMatchObject([
      expect.stringMatching(/"shop" is running in this page already; .*recorded twice/),
    ])
  })

  test.each(['http://', 'ftp://collector.example/', 'data:,', 7, null])(
    'is told of a url that is none: %s',
    (url) => {
      vi.stubGlobal('document', { baseURI: 'https://shop.example/' })
      watchStart({ at: 'start()', options: { service: 'a', url: url as never }, start: plain })
      expect(warned).toMatchObject([expect.stringMatching(/start\(\): url is /)])
    },
  )

  test('without options fails as without us', () => {
    const outcome = (door: typeof production) => {
      try {
        return typeof (door.start as (it?: unknown) => unknown)()
      } catch (error) {
        return (error as Error).name
      }
    }
    expect(outcome(development as never)).toBe(outcome(production))
    expect(warned).toMatchObject([expect.stringMatching(/the options are undefined/)])
  })
})

describe('a warning', () => {
  test('comes once, also where only numbers and ids differ', () => {
    const lightspan = make()
    for (let id = 10_000; id < 10_020; id++) lightspan.startSpan(`order ${id}`).end()
    expect(warned).toHaveLength(1)
  })

  test('comes no more after a hundred different ones, which is said', () => {
    const lightspan = make()
    const letters = [...'abcdefghijkl']
    for (const one of letters)
      for (const two of letters) lightspan.startSpan('x').setAttribute(one + two, null as never)
    expect(warned).toHaveLength(101)
    expect(warned.at(-1)).toBe('lightspan: 100 different warnings; no more are shown.')
  })

  test('never becomes an exception, whatever it is about, nor where the console is broken', () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('gotcha')
        },
        ownKeys: () => {
          throw new Error('gotcha')
        },
      },
    )
    const outcome = (it: Lightspan, method: string, value: unknown) => {
      try {
        return typeof loose(it.startSpan('a'))[method]!(value, value)
      } catch (error) {
        return String(error)
      }
    }
    for (const value of [hostile, Object.create(null), [hostile]] as unknown[])
      for (const method of ['setAttribute', 'setAttributes', 'setStatus', 'addLink', 'end'])
        expect(outcome(make(), method, value)).toBe(outcome(plain(), method, value))
    vi.mocked(console.warn).mockImplementation(() => {
      throw new Error('gotcha')
    })
    expect(() => make().startSpan('')).not.toThrow()
  })
})

test('whatever is done, right or wrong, gives, throws and records the same as in production', async () => {
  const story = async (lightspan: Lightspan) => {
    const seen: unknown[] = []
    const attempt = async (work: () => unknown) => {
      try {
        seen.push(await work())
      } catch (error) {
        seen.push(String(error))
      }
    }
    const it = loose(lightspan)
    await attempt(() => lightspan.span('a', (span) => span === lightspan.active()))
    await attempt(() => lightspan.span('a', { kind: 3 }, async () => 'cart'))
    await attempt(() => lightspan.span('a', () => Promise.reject(new RangeError('no'))))
    await attempt(() =>
      lightspan.span('a', (span) => {
        span.end()
        throw new TypeError('late')
      }),
    )
    await attempt(() => it['span']!('a'))
    await attempt(() => it['span']!())
    await attempt(() => it['startSpan']!('a', null))
    await attempt(() => {
      const span = lightspan.startSpan('b', { attributes: { x: 1 }, parent: other })
      const same = span.setAttribute('y', {} as never) === span && span.addEvent('e') === span
      lightspan.startSpan('c', { parent: span, start: 3 }).end(NaN)
      loose(span)['addLink']!(undefined)
      span.end()
      return [same, span.children, span.ended, Object.keys(span).sort()]
    })
    await attempt(() => {
      const span = lightspan.startSpan('b')
      const { end } = span
      span.end()
      span.setName('x').recordError('y').end()
      return [end.name, end.length, `${span.name} ${span.ended}`, span.traceparent()]
    })
    await attempt(() => {
      const { end } = lightspan.startSpan('b')
      end() // without its span
    })
    lightspan.recordError(new Error('x'))
    return [seen, ended.map((span) => JSON.stringify({ ...span, events: span.events.length }))]
  }
  const inProduction = await story(plain())
  forget()
  const inDevelopment = await story(make())
  expect(inDevelopment).toEqual(inProduction)
  expect(warned.length).toBeGreaterThan(5)
})

test('the door has all that the front door has, and the same but for how to start', () => {
  const names = Object.keys(production)
  expect(Object.keys(development).sort()).toEqual(names.sort())
  const differing = names.filter(
    (name) => development[name as 'start'] !== production[name as 'start'],
  )
  expect(differing.sort()).toEqual(['start', 'startWatched', 'startWith'])
})

test('what was probably meant is what is one slip away, and nothing else', () => {
  expect(nearest('servce', ['version', 'service'])).toBe('service')
  expect(nearest('Service', ['version', 'service'])).toBe('service')
  expect(nearest('propagate_to', ['propagateTo', 'key'])).toBe('propagateTo')
  expect(nearest('turboTrack', ['version', 'service'])).toBeUndefined()
  expect(nearest('x', ['key'])).toBeUndefined()
})
