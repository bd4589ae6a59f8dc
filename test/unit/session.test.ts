// Visits begin, pause, end and are told apart, on a clock and a storage of the test's own.

import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createGate } from '../../src/session/gate.ts'
import { createSession, type SessionParts } from '../../src/session/session.ts'
import { sharedStore } from '../../src/session/shared-store.ts'
import { createStore, type Store } from '../../src/session/store.ts'

const minute = 60_000

let time = 0
let held: Map<string, string>
let listeners: Map<string, (event: { type: string }) => void>
let minted = 0

const store: Store = {
  get: (key) => held.get(key),
  set: (key, value) => void (value === undefined ? held.delete(key) : held.set(key, value)),
}
const open = (more: Partial<SessionParts> = {}) =>
  createSession({ now: () => time, random: () => `id${++minted}`, store, ...more })
const fire = (type: string) => listeners.get(type)!({ type })

beforeEach(() => {
  time = 1e12
  held = new Map()
  listeners = new Map()
  minted = 0
  vi.stubGlobal('addEventListener', (type: string, hear: () => void) => listeners.set(type, hear))
  vi.stubGlobal('removeEventListener', (type: string) => listeners.delete(type))
  vi.stubGlobal('self', globalThis)
  vi.stubGlobal('top', globalThis)
  return () => vi.unstubAllGlobals()
})

describe('a session', () => {
  test('begins with the first visit, not before', () => {
    const session = open()
    expect(held.size).toBe(0)
    expect(session.visit()).toMatchObject({ fresh: true, since: 1e12, previous: undefined })
    expect(held.get('session')).toMatch(/^id2 /)
  })

  test('goes on over the pages of a tab, and so does the tab', () => {
    const first = open()
    const { id } = first.visit()
    fire('pagehide')
    const second = open()
    expect(second.visit()).toMatchObject({ id, fresh: false })
    expect(second.tab).toBe(first.tab)
  })

  test('in a window that copied the storage of a living page is the same, in another tab', () => {
    const opener = open()
    const { id } = opener.visit()
    const copy = open() // the opener never left
    expect(copy.visit().id).toBe(id)
    expect(copy.tab).not.toBe(opener.tab)
  })

  test('gives its tab id back to a page that returns from the back/forward cache', () => {
    const { tab } = open()
    fire('pagehide')
    expect(held.get('tab')).toBe(tab)
    fire('pageshow')
    expect(held.get('tab')).toBeUndefined()
  })

  test('ends after half an hour without activity, and names the one before', () => {
    const session = open()
    const { id } = session.visit()
    time += 29 * minute
    session.touch()
    time += 29 * minute
    expect(session.visit().id).toBe(id)
    time += minute
    expect(session.visit()).toMatchObject({ fresh: true, previous: id, since: time })
  })

  test('is not prolonged by activity that comes too late', () => {
    const session = open()
    const { id } = session.visit()
    time += 31 * minute
    session.touch()
    expect(session.visit().id).not.toBe(id)
  })

  test('ends after four hours, however active', () => {
    const session = open()
    const { id } = session.visit()
    for (let at = 0; at < 24; at++) {
      time += 10 * minute
      session.touch()
    }
    expect(session.visit().previous).toBe(id)
  })

  test('has limits that the page may choose', () => {
    const session = open({ idle: 1000, life: 2500 })
    const { id } = session.visit()
    time += 999
    session.touch()
    expect(session.visit().id).toBe(id)
    time += 1000
    expect(session.visit().id).not.toBe(id)
  })

  test('is written down every ten seconds at most', () => {
    const set = vi.spyOn(store, 'set')
    const session = open()
    session.visit()
    set.mockClear()
    for (let at = 0; at < 100; at++) {
      time += 1000
      session.touch()
    }
    expect(set.mock.calls.length).toBeLessThan(11)
    set.mockRestore()
  })

  test.each(['', 'nonsense', 'a b c', 'a NaN NaN', 'a 1e99 -1', '{"id":1}'])(
    'begins anew where storage holds %j',
    (text) => {
      held.set('session', text)
      expect(open().visit().fresh).toBe(true)
    },
  )

  test('stops listening at its end', () => {
    open().end()
    expect(listeners.size).toBe(0)
  })
})

describe('a store', () => {
  test('without a platform storage, or where storing is not allowed, is memory', () => {
    const set = vi.fn()
    vi.stubGlobal('sessionStorage', { setItem: set, getItem: () => 'theirs', removeItem: () => {} })
    const memory = createStore(() => false)
    memory.set('a', 'b')
    expect(memory.get('a')).toBe('b')
    expect(memory.get('c')).toBeUndefined()
    expect(set).not.toHaveBeenCalled()
  })

  test('survives a storage that refuses', () => {
    const refuse = () => {
      throw new DOMException('denied', 'SecurityError')
    }
    vi.stubGlobal('sessionStorage', { setItem: refuse, getItem: refuse, removeItem: refuse })
    const denied = createStore(() => true)
    expect(denied.get('a')).toBeUndefined()
    denied.set('a', 'b')
    expect(denied.get('a')).toBe('b')
    denied.set('a', undefined)
    expect(denied.get('a')).toBeUndefined()
  })
})

describe('a session that tabs share', () => {
  let local: Map<string, string>
  let agreed = true
  const storageOf = (map: Map<string, string>) => ({
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  })
  /** A page of a tab of its own: nothing is in its `sessionStorage`. */
  const openTab = () => {
    vi.stubGlobal('sessionStorage', storageOf(new Map()))
    return open({ store: sharedStore(() => agreed) })
  }
  beforeEach(() => {
    local = new Map()
    agreed = true
    vi.stubGlobal('localStorage', storageOf(local))
  })

  test('is one over tabs, which are told apart', () => {
    const a = openTab()
    const b = openTab()
    const { id } = a.visit()
    expect(b.visit()).toMatchObject({ id, fresh: false })
    expect(b.tab).not.toBe(a.tab)
  })

  test('goes on in a tab that slept while another was used', () => {
    const a = openTab()
    const { id } = a.visit()
    const b = openTab()
    b.visit()
    for (let at = 0; at < 3; at++) {
      time += 20 * minute
      b.touch()
    }
    expect(a.visit()).toMatchObject({ id, fresh: false })
  })

  test('that another tab has begun meanwhile is the session of all', () => {
    const a = openTab()
    const b = openTab()
    const { id } = a.visit()
    b.visit()
    time += 31 * minute
    const next = b.visit()
    expect(next).toMatchObject({ previous: id, fresh: true })
    expect(a.visit()).toMatchObject({ id: next.id, previous: id, fresh: false })
  })

  test('does not come back with a tab that was forgotten, when that goes', () => {
    const forgotten = openTab()
    forgotten.visit()
    const leave = listeners.get('pagehide')!
    time += 31 * minute
    const { id } = openTab().visit()
    leave({ type: 'pagehide' })
    expect(openTab().visit().id).toBe(id)
  })

  test('is stored for nobody who has not agreed, and is gone when somebody says no', () => {
    agreed = false
    openTab().visit()
    expect(local.size).toBe(0)
    agreed = true
    const store = sharedStore(() => agreed)
    store.set('session', 'a 1 1')
    expect(local.size).toBe(1)
    agreed = false
    store.set('session', undefined)
    expect(local.size).toBe(0)
  })

  test('is each tab its own where storage is denied', () => {
    const refuse = () => {
      throw new DOMException('denied', 'SecurityError')
    }
    vi.stubGlobal('localStorage', { setItem: refuse, getItem: refuse, removeItem: refuse })
    const a = openTab()
    const { id } = a.visit()
    expect(a.visit().id).toBe(id)
    expect(openTab().visit().id).not.toBe(id)
  })
})

describe('a gate', () => {
  test('holds what comes while it is undecided, then lets it through in order', () => {
    let open = undefined as boolean | undefined
    const out: number[] = []
    const gate = createGate<number>(
      () => open,
      (item) => out.push(item),
      () => {},
    )
    gate.pass(1)
    gate.pass(2)
    expect(out).toEqual([])
    open = true
    gate.review()
    gate.pass(3)
    expect(out).toEqual([1, 2, 3])
  })

  test('throws away on no', () => {
    let open = undefined as boolean | undefined
    const out: number[] = []
    const gate = createGate<number>(
      () => open,
      (item) => out.push(item),
      () => {},
    )
    gate.pass(1)
    open = false
    gate.review()
    gate.pass(2)
    open = true
    gate.review()
    expect(out).toEqual([])
  })

  test.each([
    [true, 3],
    [false, 0],
  ])('holds a thousand and tells of the rest when it may: %s', (answer, told) => {
    let asked = false
    let lost = 0
    const gate = createGate<number>(
      () => (asked ? answer : undefined),
      () => {},
      () => lost++,
    )
    for (let at = 0; at < 1003; at++) gate.pass(at)
    expect(lost).toBe(0)
    asked = true
    gate.review()
    gate.review()
    expect(lost).toBe(told)
  })
})
