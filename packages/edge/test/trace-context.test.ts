// trace-context.test.ts: W3C Trace Context Level 2, case by case: what comes in, and what goes on to the next.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { traced } from '@lightspan/edge'
import { parseTraceparent, parseTracestate } from 'lightspan/core'
import { openRecorder, type Recorder } from './kit/servers.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'
const valid = `00-${traceId}-${parentId}-01`

type Fields = (readonly [name: string, value: string])[]

let next: Recorder

beforeAll(async () => {
  next = await openRecorder((_, response) => response.end())
})
afterAll(() => next?.close())

/** Sends a request through a traced worker; gives what the next one gets, and what the response says. */
const pass = async (fields: Fields, sample = 1) => {
  const worker = traced(() => fetch(next.url), {
    service: 'edge',
    propagateTo: [next.url],
    sample,
  })
  const headers = new Headers()
  for (const [name, value] of fields) headers.append(name, value)
  const response = await worker(new Request('https://shop.example/', { headers }))
  const { traceparent, tracestate } = next.seen.at(-1)!.headers
  expect(traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/)
  const [, trace, parent, flags] = String(traceparent).split('-')
  const [, said] = /trace;desc=(\S+)/.exec(response.headers.get('server-timing')!)!
  expect(said!.split('-')[1]).toBe(trace)
  return { trace, parent, flags, said: said!.split('-')[3], tracestate }
}

const withState = (...states: string[]): Fields => [
  ['traceparent', valid],
  ...states.map((state) => ['tracestate', state] as const),
]

describe('traceparent', () => {
  test('without one a trace begins, with all of its id random', async () => {
    const { trace, flags, tracestate } = await pass([])
    expect(trace).not.toBe('0'.repeat(32))
    expect(flags).toBe('03')
    expect(tracestate).toBeUndefined()
  })

  test.each<[string, Fields]>([
    ['as the specification has it', [['traceparent', valid]]],
    ['whatever the case of its name', [['TraceParent', valid]]],
    ['with space around it', [['traceparent', ` \t${valid} \t`]]],
    ['of a version to come', [['traceparent', `cc-${traceId}-${parentId}-01`]]],
    [
      'of a version to come, with more',
      [['traceparent', `cc-${traceId}-${parentId}-01-what-comes`]],
    ],
    ['of a version to come, with nothing more', [['traceparent', `cc-${traceId}-${parentId}-01-`]]],
  ])('one %s is continued, as version 00 with an id of our own', async (_, fields) => {
    const { trace, parent, flags } = await pass(fields)
    expect(trace).toBe(traceId)
    expect(parent).not.toBe(parentId)
    expect(flags).toBe('01')
  })

  test.each<[string, string[]]>([
    ['twice', [valid, valid]],
    ['twice, with different ids', [valid, valid.replace('4bf9', '5bf9')]],
    ['of version ff', [`ff-${traceId}-${parentId}-01`]],
    ['of version 00 with more', [`${valid}-more`]],
    ['of version 00 with a dash more', [`${valid}-`]],
    ['of version 00 with a character more', [`${valid}.`]],
    ['of a version to come that goes on without a dash', [`cc-${traceId}-${parentId}-01.what`]],
    ['of a version that is no hex', [`.0-${traceId}-${parentId}-01`]],
    ['of a version in capitals', [`CC-${traceId}-${parentId}-01`]],
    ['of a version of one digit', [`0-${traceId}-${parentId}-01`]],
    ['of a version of three digits', [`000-${traceId}-${parentId}-01`]],
    ['with a zero trace id', [`00-${'0'.repeat(32)}-${parentId}-01`]],
    ['with a trace id that is no hex', [`00-.${traceId.slice(1)}-${parentId}-01`]],
    ['with a trace id in capitals', [`00-${traceId.toUpperCase()}-${parentId}-01`]],
    ['with a trace id of 31 digits', [`00-${traceId.slice(1)}-${parentId}-01`]],
    ['with a trace id of 33 digits', [`00-${traceId}0-${parentId}-01`]],
    ['with a zero parent id', [`00-${traceId}-${'0'.repeat(16)}-01`]],
    ['with a parent id that is no hex', [`00-${traceId}-.${parentId.slice(1)}-01`]],
    ['with a parent id in capitals', [`00-${traceId}-00F067AA0BA902B7-01`]],
    ['with a parent id of 15 digits', [`00-${traceId}-${parentId.slice(1)}-01`]],
    ['with a parent id of 17 digits', [`00-${traceId}-${parentId}0-01`]],
    ['with flags that are no hex', [`00-${traceId}-${parentId}-.0`]],
    ['with flags in capitals', [`00-${traceId}-${parentId}-0A`]],
    ['with flags of one digit', [`00-${traceId}-${parentId}-1`]],
    ['with flags of three digits', [`00-${traceId}-${parentId}-001`]],
    ['that is empty', ['']],
    ['without dashes', [valid.replaceAll('-', '_')]],
  ])('one %s is ignored, and its tracestate with it', async (_, values) => {
    const fields = values.map((value) => ['traceparent', value] as const)
    const { trace, tracestate, flags } = await pass([...fields, ['tracestate', 'a=1']])
    expect(trace).not.toBe(traceId)
    expect(trace).toMatch(/[1-9a-f]/)
    expect(flags).toBe('03')
    expect(tracestate).toBeUndefined()
  })

  test.each([
    ['00', '00'],
    ['01', '01'],
    ['02', '02'],
    ['03', '03'],
    ['04', '00'],
    ['05', '01'],
    ['ff', '03'],
  ])('of its flags %s our own are %s: known ones stay, others are zero', async (came, goes) => {
    const { flags, said } = await pass([['traceparent', `00-${traceId}-${parentId}-${came}`]])
    expect([flags, said]).toEqual([goes, goes])
  })

  test('whether its trace is recorded is not ours to say', async () => {
    expect((await pass([['traceparent', valid]], 0)).flags).toBe('01')
    expect((await pass([], 0)).flags).toBe('02')
  })

  test('reading any text never throws, and writes back what it read', () => {
    const hex = (digits: number) =>
      fc
        .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
        .map((it) => it.join(''))
    fc.assert(fc.property(fc.string(), (text) => void parseTraceparent(text)))
    fc.assert(
      fc.property(hex(32), hex(16), hex(2), (trace, span, flags) => {
        const read = parseTraceparent(`00-${trace}-${span}-${flags}`)
        fc.pre(/[^0]/.test(trace) && /[^0]/.test(span))
        expect(read).toEqual({ traceId: trace, spanId: span, flags: parseInt(flags, 16) & 3 })
      }),
    )
  })
})

describe('tracestate', () => {
  const all32 = Array.from({ length: 32 }, (_, n) => `k${n}=v${n}`)

  test.each<[string, string[], string]>([
    ['one member', ['foo=1'], 'foo=1'],
    ['members in their order', ['foo=1,bar=2'], 'foo=1,bar=2'],
    ['several fields in their order', ['foo=1', 'bar=2,baz=3'], 'foo=1,bar=2,baz=3'],
    ['empty fields among others', ['foo=1', '', 'bar=2'], 'foo=1,bar=2'],
    ['empty members', ['foo=1,,bar=2, ,baz=3,'], 'foo=1,bar=2,baz=3'],
    ['space around members', ['foo=1 \t , \t bar=2, \t baz=3'], 'foo=1,bar=2,baz=3'],
    ['space within a value, and at its start', ['foo= 1 2,bar=3'], 'foo= 1 2,bar=3'],
    ['keys of all characters', ['0aZ=1'.toLowerCase() + ',a_-*/@9=2'], '0az=1,a_-*/@9=2'],
    ['a key of 256', [`${'z'.repeat(256)}=1`], `${'z'.repeat(256)}=1`],
    ['a value of 256', [`a=${'v'.repeat(256)}`], `a=${'v'.repeat(256)}`],
    [
      'values of all characters',
      ['a=!"#$%&\'()*+-./09:;<>?@AZ[\\]^_`az{|}~'],
      'a=!"#$%&\'()*+-./09:;<>?@AZ[\\]^_`az{|}~',
    ],
    ['32 members', [all32.join(',')], all32.join(',')],
    ['32 members in 32 fields', all32, all32.join(',')],
    ['a key that is there twice', ['foo=1,foo=2'], 'foo=1,foo=2'],
    [
      'a list of far more than 512 characters',
      [all32.map((it) => it + 'x'.repeat(90)).join(',')],
      all32.map((it) => it + 'x'.repeat(90)).join(','),
    ],
  ])('%s go on', async (_, states, goes) => {
    const { trace, tracestate } = await pass(withState(...states))
    expect(trace).toBe(traceId)
    expect(tracestate).toBe(goes)
  })

  test.each<[string, string[]]>([
    ['nothing', ['']],
    ['33 members', [[...all32, 'a=1'].join(',')]],
    ['33 members in 33 fields', [...all32, 'a=1']],
    ['a member without value', ['foo=1,bar']],
    ['a member with an empty value', ['foo=']],
    ['a member without key', ['=1']],
    ['a key with a space', ['foo =1']],
    ['a key in capitals', ['FOO=1']],
    ['a key that starts with a sign', ['_foo=1']],
    ['a key with a dot', ['foo.bar=1']],
    ['a key of 257', [`${'z'.repeat(257)}=1`]],
    ['a value of 257', [`a=${'v'.repeat(257)}`]],
    ['a value with an equals sign', ['foo=bar=baz']],
    ['a value beyond ASCII', ['foo=\u00e9']],
    ['one bad member among good', ['foo=1,BAR=2,baz=3']],
  ])('%s goes no further, and leaves traceparent alone', async (_, states) => {
    const { trace, flags, tracestate } = await pass(withState(...states))
    expect([trace, flags]).toEqual([traceId, '01'])
    expect(tracestate).toBeUndefined()
  })

  test('without traceparent it goes no further', async () => {
    expect((await pass([['tracestate', 'foo=1']])).tracestate).toBeUndefined()
  })

  test('what is read is read the same again, and is never longer', () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .array(fc.tuple(fc.string(), fc.string()).map(([key, value]) => `${key}=${value}`))
        .map(String),
      fc
        .array(fc.constantFrom('a=1', 'b=2 ', ' c= 3', '', 'D=4', 'e'), { maxLength: 40 })
        .map(String),
    )
    fc.assert(
      fc.property(text, (header) => {
        const read = parseTracestate(header)
        if (read === undefined) return
        expect(parseTracestate(read)).toBe(read)
        expect(read.length).toBeLessThanOrEqual(header.length)
        expect(read.split(',').length).toBeLessThanOrEqual(32)
      }),
    )
  })
})
