// check-options.ts: whether options are those that there are, with values that they can have.

import type { BaseOptions, Options } from '../options.ts'
import type { Parts } from '../parts.ts'
import type { SpanOptions } from '../trace/span.ts'
import {
  checkAttributes,
  checkContext,
  checkFunction,
  checkMembers,
  checkTime,
  isRecord,
} from './check-values.ts'
import { say } from './say.ts'
import { show } from './show.ts'

// The compiler holds each list against its type.
const baseOptions: Record<keyof BaseOptions, true> = {
  service: true,
  version: true,
  environment: true,
  url: true,
  key: true,
  headers: true,
  propagateTo: true,
  sample: true,
  sampleBy: true,
  keepQuery: true,
  attributes: true,
  beforeSend: true,
  consent: true,
  session: true,
  compress: true,
  encode: true,
}
const ownOptions: Record<Exclude<keyof Options, keyof BaseOptions>, true> = {
  format: true,
  instrumentations: true,
}
const sessionOptions: Record<keyof NonNullable<BaseOptions['session']>, true> = {
  idle: true,
  life: true,
  store: true,
}
const spanOptions: Record<keyof SpanOptions, true> = {
  kind: true,
  attributes: true,
  parent: true,
  start: true,
}
const partNames: Record<keyof Parts, true> = {
  visitor: true,
  timeline: true,
  openSpans: true,
  copies: true,
  delivery: true,
  ids: true,
  sampler: true,
  timing: true,
  context: true,
}

/** Which options a way to start takes besides those of all. */
export type More = 'format' | 'overhead' | undefined

const knownTo = (more: More) => [
  ...Object.keys(baseOptions),
  ...(more == 'format' ? Object.keys(ownOptions) : more ? [more] : []),
]

// Option → what it may be, and what anything else is taken for.
const choices: Record<string, [allowed: readonly string[], then: string]> = {
  format: [['compact', 'otlp'], 'It is taken for "compact"'],
  sampleBy: [['trace', 'session'], 'It is taken for "trace"'],
  consent: [
    ['granted', 'denied', 'pending'],
    'It is taken for "granted" by start, and for no leave to record by startWith without a visitor',
  ],
}

/** Checks the user's answer, or another option that has but a few values. */
export const checkChoice = (at: string, name: string, value: unknown): void => {
  const [allowed = [], then = ''] = choices[name] || []
  if (!allowed.some((it) => it == value))
    say({ at, given: `${name} is ${show(value)}`, expected: allowed.map(show).join(' or '), then })
}

/** Checks a share of traces, as it is given or as a function gives it. */
export const checkShare = (at: string, share: unknown): void => {
  if (typeof share != 'number' || !(share >= 0 && share <= 1))
    say({
      at,
      given: `sample is ${show(share)}`,
      expected: 'a share from 0 to 1, or a function that gives it',
      then:
        (share as number) >= 1
          ? 'All traces are recorded'
          : typeof share == 'number'
            ? 'No trace is recorded'
            : 'What is recorded may be another share',
    })
}

const checkUrl = (at: string, url: unknown) => {
  if (url === undefined || typeof document == 'undefined') return
  const fault = (() => {
    try {
      return !/^https?:$/.test(new URL(url as string, document.baseURI).protocol)
    } catch {
      return true
    }
  })()
  if (fault || typeof url != 'string')
    say({
      at,
      given: `url is ${show(url)}`,
      expected: 'an address by http(s), or a path of the own origin',
      then: 'It is posted to as it stands, and nothing arrives',
    })
}

const checkService = (at: string, service: unknown) => {
  if (typeof service != 'string' || !service)
    say({
      at,
      given: `service is ${show(service)}`,
      expected: 'the name of the application',
      then: service ? 'It is sent as it is' : 'Its spans are of "unknown_service"',
    })
}

const checkList = (at: string, name: string, it: unknown, of: string) => {
  if (it !== undefined && !Array.isArray(it))
    say({
      at,
      given: `${name} is ${show(it)}`,
      expected: `a list of ${of}`,
      then: 'It may fail or say what was not meant',
    })
}

/** Checks the options to start with. */
export const checkOptions = (at: string, options: unknown, more?: More): void => {
  if (!isRecord(options))
    return say({
      at,
      given: `the options are ${show(options)}`,
      expected: "an object such as { service: 'shop' }",
      then: 'It fails, or starts without any',
    })
  checkMembers(at, options, knownTo(more))
  checkService(at, options['service'])
  checkUrl(at, options['url'])
  const { sample, session, beforeSend, encode } = options
  if (sample !== undefined && typeof sample != 'function') checkShare(at, sample)
  for (const name in choices) if (options[name] !== undefined) checkChoice(at, name, options[name])
  checkList(at, 'propagateTo', options['propagateTo'], 'origins')
  checkList(at, 'keepQuery', options['keepQuery'], 'names')
  checkAttributes(`${at}, attributes`, options['attributes'])
  if (isRecord(session)) checkMembers(`${at}, session`, session, Object.keys(sessionOptions))
  if (beforeSend !== undefined)
    checkFunction(at, 'beforeSend', beforeSend, 'To call it fails, so that no span leaves the page')
  if (encode !== undefined)
    checkFunction(at, 'encode', encode, 'To call it fails, so that no span leaves the page')
}

/** Checks the parts to start with, and whether they can do what the options ask for. */
export const checkParts = (at: string, parts: unknown, options: unknown): void => {
  if (isRecord(parts)) checkMembers(`${at}, parts`, parts, Object.keys(partNames))
  const { sampler } = Object(parts) as { sampler?: unknown }
  if (isRecord(options) && typeof options['sample'] == 'function' && !sampler)
    say({
      at,
      given: 'sample is a function, which only the part "sampler" calls',
      expected: 'a number, or that part (createSampler)',
      then: 'No trace is recorded',
    })
}

/** Checks the options of a span; none is fine. */
export const checkSpanOptions = (at: string, options: unknown): void => {
  if (options === undefined) return
  if (!isRecord(options))
    return say({
      at,
      given: `the options are ${show(options)}`,
      expected: 'an object such as { attributes: { … } }',
      then: 'It fails, or goes on without any',
    })
  checkMembers(at, options, Object.keys(spanOptions))
  const { kind, parent } = options
  if (kind !== undefined && ![1, 2, 3, 4, 5].some((it) => it === kind))
    say({
      at,
      given: `the kind is ${show(kind)}`,
      expected: '1 internal, 2 server, 3 client, 4 producer or 5 consumer',
      then: 'It is sent as unspecified, or as another',
    })
  checkAttributes(at, options['attributes'])
  checkTime(at, 'start', options['start'])
  if (parent !== undefined && parent !== null)
    checkContext(at, 'parent', parent, 'It is ignored, and the span begins a trace')
}
