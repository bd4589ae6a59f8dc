// visitor.ts: whose spans these are, and whether they may leave: session, user, consent, and the user's own hook.

import { listen } from './browser/listen.ts'
import type { BaseOptions } from './options.ts'
import { createGate, type Consent } from './session/gate.ts'
import { createSession, type Session } from './session/session.ts'
import { createStore, type Store } from './session/store.ts'
import type { Clock } from './trace/clock.ts'
import { randomHex } from './trace/ids.ts'
import type { Attributes, SpanRecord } from './trace/record.ts'
import { pathTemplate, redactUrl } from './trace/url.ts'

/** What stands between an ended span and the exporter. */
export interface Visitor {
  /** Takes an ended span. Never throws. */
  pass: (span: SpanRecord) => void
  /** Whether requests may carry trace context: not for somebody who said no. */
  mayPropagate: () => boolean
  /** Global Privacy Control is on: memory only, no user, paths as templates. */
  strict: boolean
  /** What of a URL may be recorded. */
  redact: (url: URL) => string
  /** The session's id, for what is decided by session; none before there may be one. */
  sessionId: () => string | undefined
  /** What the tab remembers. */
  store: Store
  /** Attributes of the resource that are known only now. */
  resource: () => Attributes
  setConsent: (consent: Consent) => void
  setAttributes: (attributes: Attributes) => void
  end: () => void
}

/** Spans of one minute; those beyond are counted as lost. */
const mostPerMinute = 3000

/** Attributes that a span may have (OTel span limits). */
const mostAttributes = 128

/** The longest text of an attribute, in UTF-16 units. */
const longestText = 4096

const clip = (attributes: Attributes) => {
  let count = 0
  for (const name in attributes) {
    const value = attributes[name]
    if (++count > mostAttributes) delete attributes[name]
    else if (typeof value == 'string' && value.length > longestText)
      attributes[name] = value.slice(0, longestText)
  }
}

/** Activity that keeps a session going. */
const activity = ['click', 'keydown', 'scroll', 'visibilitychange']

/** Builds the visitor of this page. `add` takes what may leave, `lose` hears of what found no room. */
export const createVisitor = (
  { consent = 'granted', session: limits, beforeSend = (span) => span, keepQuery }: BaseOptions,
  { origin }: Clock,
  add: (span: SpanRecord) => void,
  lose: () => void,
): Visitor => {
  const strict = !!(navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
  const page = document as { prerendering?: boolean }
  let agreed = consent
  let globals: Attributes = {}
  let session: Session | undefined
  let told: string | undefined
  let current = 0
  let count = 0
  const store = createStore(() => !strict && agreed == 'granted')
  // Storage that a prerendering page writes to is thrown away, and nobody has visited it yet.
  const isOpen = () =>
    agreed == 'denied' ? false : agreed == 'pending' || page.prerendering ? undefined : true
  const open = () =>
    (session ||= createSession({ ...limits, now: () => Date.now(), random: randomHex, store }))

  const release = (span: SpanRecord) => {
    const { id, since, previous, fresh } = open().visit()
    const begins = fresh && told != id
    const time = span.start
    if (begins) {
      told = id
      if (previous)
        span.events.push({ name: 'session.end', time, attributes: { 'session.id': previous } })
      span.events.push({
        name: 'session.start',
        time,
        attributes: { 'session.id': id, 'session.previous_id': previous },
      })
    }
    span.attributes = {
      // a span that was open while its session ended still belongs there
      'session.id': !begins && previous && origin + time < since ? previous : id,
      ...globals,
      ...span.attributes,
    }
    clip(span.attributes)
    const kept = beforeSend(span)
    if (kept) add(kept)
  }
  const gate = createGate<SpanRecord>(
    isOpen,
    (span) => {
      try {
        release(span)
      } catch {
        // a hook that fails keeps its span back: it may be what hides a secret
      }
    },
    lose,
  )
  const undo = [
    listen(globalThis, activity, () => session?.touch()),
    listen(document, ['prerenderingchange'], gate.review),
  ]
  return {
    pass: (span) => {
      const minute = Math.floor(span.start / 60_000)
      if (minute > current) [current, count] = [minute, 0]
      if (++count > mostPerMinute) lose()
      else gate.pass(span)
    },
    mayPropagate: () => agreed != 'denied',
    strict,
    redact: (url) => {
      const text = redactUrl(url, keepQuery)
      return strict ? text.replace(url.pathname, pathTemplate(url.pathname)) : text
    },
    sessionId: () => (isOpen() ? open().visit().id : undefined),
    store,
    resource: () => ({ 'lightspan.tab.id': session?.tab }),
    setConsent: (answer) => {
      agreed = answer
      if (answer == 'denied') for (const key of ['session', 'tab']) store.set(key, undefined)
      gate.review()
    },
    setAttributes: (attributes) => {
      globals = { ...globals, ...attributes }
    },
    end: () => {
      session?.end()
      undo.forEach((each) => each())
    },
  }
}
