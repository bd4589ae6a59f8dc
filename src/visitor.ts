// visitor.ts: whose spans these are, and whether they may leave: session, user, consent, and the user's own hook.

import { attempt } from './browser/attempt.ts'
import { listen } from './browser/listen.ts'
import type { BaseOptions } from './options.ts'
import { createQuarantine, type Quarantine } from './propagate/quarantine.ts'
import { createGate, type Consent } from './session/gate.ts'
import { createSession, type Session, type Visit } from './session/session.ts'
import { createStore, type Store } from './session/store.ts'
import type { Clock } from './trace/clock.ts'
import { randomHex } from './trace/ids.ts'
import type { Asked, PageTracer } from './trace/instrumentation.ts'
import type { Attributes, SpanRecord } from './trace/record.ts'
import { pathTemplate, redactUrlBut, type Address } from './trace/url.ts'

/** What stands between an ended span and the exporter. */
export interface Visitor {
  /** Takes an ended span. Never throws. */
  pass: (span: SpanRecord) => void
  /** Whether requests to this URL may carry trace context: not for somebody who said no. */
  mayPropagate: (url: Asked) => boolean
  answered?: PageTracer['answered']
  claim?: PageTracer['claim']
  /** Global Privacy Control is on: memory only, no user, paths as templates. */
  strict?: boolean
  /** What of a URL may be recorded. */
  redact: (url: Address) => string
  /** The session's id, for what is decided by session; none before there may be one. */
  sessionId?: () => string | undefined
  /** Attributes of the resource that are known only now. */
  resource?: () => Attributes
  /** The answer as it stands. */
  consent: () => Consent
  setConsent: (consent: Consent) => void
  setAttributes: (attributes: Attributes) => void
  end?: () => void
}

/** Builds a visitor. `add` takes what may leave, `lose` hears of what found no room. */
export type CreateVisitor = (
  options: BaseOptions,
  clock: Clock,
  add: (span: SpanRecord) => void,
  lose: (reason?: string) => void,
) => Visitor

/** Spans of servers that a tab remembers to have joined. */
const mostClaimed = 20

/** Spans of one minute; those beyond are counted as lost. */
const mostPerMinute = 3000

/** Spans of one trace; those beyond are counted as lost. */
const mostPerTrace = 1000

/** Attributes that a span may have (OTel span limits). */
const mostAttributes = 128

/** The longest text of an attribute, in UTF-16 units, and list. */
const longestText = 4096

// Of copies: the objects may be the application's.
const clip = (it: { attributes: Attributes }, globals?: Attributes) => {
  let left = mostAttributes
  const attributes: Attributes = (it.attributes = { ...globals, ...it.attributes })
  for (const name in attributes) {
    const value = attributes[name] as string | undefined
    if (value !== undefined && --left < 0) delete attributes[name]
    else if (value?.slice && value.length > longestText)
      attributes[name] = value.slice(0, longestText)
  }
  if (left < 0) attributes['otel.dropped_attributes_count'] = -left
}

// What not every engine tells.
interface Device {
  globalPrivacyControl?: boolean
  userAgentData?: { mobile: boolean; platform: string }
  connection?: { type?: string }
}

// Behind the gate: what nobody may hear of is no loss to tell.
const limitPace = (
  now: () => number,
  lose: (reason: string) => void,
  pass: (span: SpanRecord) => void,
) => {
  let current = 0
  let counts: Record<string, number> = {}
  // A trace that was quiet for a whole minute is forgotten.
  let before = counts
  const within = (key: string | number, most: number) =>
    (counts[key] = (counts[key] || before[key] || 0) + 1) <= most
  return (span: SpanRecord) => {
    // of the clock: a span may say that it began in the year 50,000
    const minute = Math.floor(now() / 60_000)
    if (minute > current) [current, before, counts] = [minute, counts, {}]
    if (!within(current, mostPerMinute)) lose('minute')
    else if (!within(span.traceId, mostPerTrace)) lose('trace')
    else pass(span)
  }
}

// `begins`: this is the first span of its session. One that was open while its session ended still belongs
// there.
const stamp = (
  span: SpanRecord,
  { id, since, previous }: Visit,
  origin: number,
  begins: boolean,
) => {
  const time = span.start
  const attributes = { 'session.previous_id': previous, 'session.id': id }
  if (begins && previous)
    span.events.push({ name: 'session.end', time, attributes: { 'session.id': previous } })
  if (begins) span.events.push({ name: 'session.start', attributes, time })
  span.attributes['session.id'] = !begins && previous && origin + time < since ? previous : id
}

// Of the resource, what is known only now. Asked anew for every copy, the device would take its time.
const createLate = () => {
  let device: Attributes | undefined
  return (session: Session | undefined): Attributes => {
    const { connection, userAgentData: data } = navigator as Device
    return {
      ...(device ||= {
        'user_agent.synthetic.type': navigator.webdriver
          ? 'test'
          : /bot|crawl|spider/i.test(navigator.userAgent)
            ? 'bot'
            : undefined,
        'browser.mobile': data?.mobile,
        'browser.platform': data?.platform,
      }),
      'lightspan.tab.id': session?.tab,
      'network.connection.type': connection?.type,
    }
  }
}

/** Activity that keeps a session going. */
const activity = ['click', 'keydown', 'scroll', 'visibilitychange']

// What this file and the session's keep, which goes with a no.
const forget = (store: Store) => {
  for (const key of ['session', 'tab', 'quarantine', 'claimed']) store.set(key, undefined)
}

const createRedact = (keep: readonly string[], strict: boolean) => (url: Address) => {
  const text = redactUrlBut(keep, url)
  if (!strict) return text
  const { host, pathname } = url
  return text.replace(host + pathname, () => host + pathTemplate(pathname))
}

// What the tab remembers of other origins, and of the servers that served it.
const createMemory = (store: Store, agreed: () => boolean) => {
  const { origin: own } = globalThis
  let known: Quarantine | undefined
  const quarantine = () =>
    (known ||= createQuarantine(store.get('quarantine') || '', (origins) =>
      store.set('quarantine', origins),
    ))
  // A redirect takes our header from the page's own origin to another, which may refuse it: by route, there.
  const keyOf = ({ origin, pathname }: Asked) => (origin == own ? pathTemplate(pathname) : origin)
  return {
    mayPropagate: (url: Asked) => agreed() && quarantine().may(keyOf(url)),
    answered: (url: Asked, answered: boolean) => quarantine().heard(keyOf(url), answered),
    claim: (id: string) => {
      const claimed = store.get('claimed')?.split(' ') || []
      if (claimed.includes(id)) return false
      store.set('claimed', [...claimed.slice(-mostClaimed), id].join(' '))
      return true
    },
  }
}

/** The visitor of this page, with a session. */
export const createVisitor: CreateVisitor = (
  { consent = 'granted', beforeSend = (span) => span, session: limits, keepQuery = [] },
  { origin, now },
  add,
  lose,
) => {
  const late = createLate()
  const strict = !!(navigator as Device).globalPrivacyControl
  const page = document as { prerendering?: boolean }
  let agreed = consent
  let session: Session | undefined
  let globals: Attributes = {}
  // Firefox has a request begin before its page's time origin
  let [since, told]: [number, string?] = [-Infinity]
  const store = (limits?.store || createStore)(() => !strict && agreed == 'granted')
  // Storage that a prerendering page writes to is thrown away, and nobody has visited it yet.
  const isOpen = () =>
    agreed == 'denied' ? false : agreed == 'pending' || page.prerendering ? undefined : true
  const open = () =>
    (session ||= createSession({ ...limits, now: () => Date.now(), random: randomHex, store }))
  const gate = createGate<SpanRecord>(
    isOpen,
    limitPace(now, lose, (span) => {
      if (span.start < since) return
      // a hook that fails keeps its span back: it may be what hides a secret
      attempt(() => {
        const visit = open().visit()
        span.name = String(span.name).slice(0, longestText)
        clip(span, globals)
        for (const it of [...span.events, ...span.links]) clip(it)
        // after that, for a span of too many attributes too belongs to its session
        stamp(span, visit, origin, visit.fresh && told != visit.id)
        told = visit.id
        const kept = beforeSend(span)
        // `true`: from whoever took it for a filter
        if (kept) add(kept.spanId ? kept : span)
      })
    }),
    lose,
  )
  if (agreed == 'denied') forget(store)
  const undo = [
    listen(globalThis, activity, () => session?.touch()),
    listen(document, ['prerenderingchange'], gate.review),
  ]
  return {
    pass: gate.pass,
    ...createMemory(store, () => agreed != 'denied'),
    strict,
    redact: createRedact(keepQuery, strict),
    sessionId: () => (isOpen() ? open().visit().id : undefined),
    resource: () => late(session),
    consent: () => agreed,
    setConsent: (answer) => {
      if (agreed == 'denied') since = now() // what began before may end after
      agreed = answer
      if (answer == 'denied') forget(store)
      gate.review()
    },
    setAttributes: (attributes) => void (globals = { ...globals, ...attributes }),
    end: () => [session?.end, ...undo].forEach((each) => each?.()),
  }
}
