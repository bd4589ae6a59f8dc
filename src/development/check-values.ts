// check-values.ts: whether names, attributes, times and parents are what spans can hold.

import { say } from './say.ts'
import { nearest, show } from './show.ts'

// What no format has a form for is written as text.
const asText = 'It is sent as text'

const plain = ['string', 'number', 'boolean']

// A UUID, or a number that is no count, version or year of something few.
const unbounded = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-|\d{4}/i

/** Whether it is an object that is no list. */
export const isRecord = (it: unknown): it is Record<string, unknown> =>
  typeof it == 'object' && !!it && !Array.isArray(it)

/** Checks the name of a span or an event. */
export const checkName = (at: string, name: unknown): void => {
  const expected = 'a name that is text'
  if (typeof name != 'string')
    say({ at, given: `the name is ${show(name)}`, expected, then: asText })
  else if (!name) say({ at, given: 'the name is empty', expected, then: 'It is recorded without' })
  else if (unbounded.test(name))
    say({
      at,
      given: `the name ${show(name)} seems to hold an id`,
      expected: 'one of few names, by which spans can be grouped, with the id as an attribute',
      then: 'It is recorded as it is',
    })
}

const faultOf = (value: unknown): string | undefined => {
  if (value === undefined || plain.includes(typeof value)) return
  if (value === null) return 'null, where undefined leaves an attribute out'
  if (!Array.isArray(value)) return show(value)
  const kinds = [...new Set(value.map((it) => (it === null ? 'null' : typeof it)))]
  const bad = kinds.find((kind) => !plain.includes(kind))
  if (bad) return `a list that holds ${bad == 'null' ? bad : `values of type ${bad}`}`
  return kinds[1] && `a list of ${kinds.join(' and ')}`
}

/** Checks one attribute. */
export const checkAttribute = (at: string, name: unknown, value: unknown): void => {
  if (typeof name != 'string' || !name)
    say({
      at,
      given: `an attribute's name is ${name === '' ? 'empty' : show(name)}`,
      expected: 'text such as "shop.total"',
      then: asText,
    })
  const fault = faultOf(value)
  if (fault)
    say({
      at,
      given: `the attribute ${show(name)} is ${fault}`,
      expected: 'text, a number, a boolean, or a list of one of them',
      then: asText,
    })
}

/** Checks attributes; none at all is fine. */
export const checkAttributes = (at: string, attributes: unknown): void => {
  if (attributes === undefined) return
  if (isRecord(attributes))
    for (const [name, value] of Object.entries(attributes)) checkAttribute(at, name, value)
  else
    say({
      at,
      given: `the attributes are ${show(attributes)}`,
      expected: 'an object of names and values',
      then: 'What it holds is no attribute',
    })
}

/** Checks a time in ms on the clock of `performance.now()`; none is fine. */
export const checkTime = (at: string, name: string, time: unknown): void => {
  if (time === undefined) return
  const fault =
    typeof time != 'number' || Number.isNaN(time)
      ? show(time)
      : Math.abs(time) > 1e12
        ? `${time}, which looks like Date.now()`
        : undefined
  if (fault)
    say({
      at,
      given: `the ${name} is ${fault}`,
      expected: 'ms on the clock of performance.now()',
      then: 'It is taken as it is, so that the span stands at a wrong time or is lost',
    })
}

/** Checks what is to be a parent or the target of a link. */
export const checkContext = (at: string, what: string, it: unknown, then: string): void => {
  const { traceId, spanId } = Object(it) as { traceId?: unknown; spanId?: unknown }
  if (/^[\da-f]{32}$/.test(`${traceId as string}`) && /^[\da-f]{16}$/.test(`${spanId as string}`))
    return
  const header = typeof it == 'string' && /^\w\w-\w{32}-/.test(it)
  say({
    at,
    given: `the ${what} is ${show(it)}${isRecord(it) ? ' without ids as W3C Trace Context has them' : ''}`,
    expected: `a span, or { traceId, spanId } of 32 and 16 lowercase hex digits${
      header ? ', which parseTraceparent of lightspan/core makes of a header' : ''
    }`,
    then,
  })
}

/** Checks that an object has no other members than these. */
export const checkMembers = (at: string, it: object, known: readonly string[]): void => {
  for (const name of Object.keys(it))
    if (!known.includes(name)) {
      const meant = nearest(name, known)
      say({
        at,
        given: `there is no option ${show(name)}`,
        expected: meant ? `${show(meant)}, probably` : `one of ${known.join(', ')}`,
        then: 'It is ignored',
      })
    }
}

/** Checks that something is a function. */
export const checkFunction = (at: string, what: string, it: unknown, then: string): void => {
  if (typeof it != 'function')
    say({ at, given: `${what} is ${show(it)}`, expected: 'a function', then })
}
