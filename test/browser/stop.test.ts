// After stop() the page is as it was found: one test per instrumentation, in three engines.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'

interface Watch {
  /** Remembers every property of the objects that a page shares with us. */
  remember: () => void
  /** What has changed since: `object.property`. */
  changes: () => string[]
  /** Listeners and observers that are live. */
  live: () => { listeners: number; observers: number }
}
declare const window: Window &
  PageGlobals & { tracing: import('lightspan').Lightspan; watch: Watch }

// Runs before the script, so that it sees everything that is patched, heard or observed.
const watch = `<script>watch = (() => {
  const objects = { window, document, History: History.prototype, history, XMLHttpRequest: XMLHttpRequest.prototype,
    EventTarget: EventTarget.prototype, Element: Element.prototype, Node: Node.prototype, navigator,
    Navigator: Navigator.prototype, performance, Promise, PromisePrototype: Promise.prototype, Request: Request.prototype,
    Response: Response.prototype, Headers: Headers.prototype, console, location, PerformanceObserver };
  const own = ['tracing', 'kept', 'errors', 'watch', 'event'];
  // the slot of context, which transformed bundles share: it stays, and is empty
  const slot = Symbol.for('lightspan.context.v1');
  const look = () => new Map(Object.entries(objects).flatMap(([name, object]) =>
    Reflect.ownKeys(object).filter((key) => typeof key == 'symbol' ? key != slot : !own.includes(key) && !/^\\d/.test(key)).map((key) =>
      [name + '.' + String(key), Object.getOwnPropertyDescriptor(object, key)])));
  const same = (a, b) => a && b && ['get', 'set', 'enumerable', 'configurable', 'writable'].every((key) => a[key] === b[key]) &&
    (a.value === b.value || typeof a.value != 'function');
  const listeners = new Map(), observers = new Set();
  const key = (target, type, hear, options) => [target === window ? 'w' : target === document ? 'd' : 'o', type, id(hear), !!(options?.capture ?? options)].join();
  const ids = new Map(), id = (hear) => ids.get(hear) ?? (ids.set(hear, ids.size), ids.get(hear));
  const add = addEventListener, remove = removeEventListener;
  EventTarget.prototype.addEventListener = function (type, hear, options) {
    listeners.set(key(this ?? window, type, hear, options), 1); return add.call(this ?? window, type, hear, options) };
  EventTarget.prototype.removeEventListener = function (type, hear, options) {
    listeners.delete(key(this ?? window, type, hear, options)); return remove.call(this ?? window, type, hear, options) };
  const { observe, disconnect } = PerformanceObserver.prototype;
  PerformanceObserver.prototype.observe = function (...args) { observers.add(this); return observe.apply(this, args) };
  PerformanceObserver.prototype.disconnect = function () { observers.delete(this); return disconnect.call(this) };
  let before;
  return {
    remember: () => { before = look() },
    changes: () => { const now = look();
      return [...new Set([...before.keys(), ...now.keys()])].filter((name) => !same(before.get(name), now.get(name))) },
    live: () => ({ listeners: listeners.size, observers: observers.size }),
  };
})()</script>`

const all = [
  'fetchSpans',
  'xhrSpans',
  'loadSpans',
  'navigationSpans',
  'interactionSpans',
  'errorSpans',
  'webVitals',
] as const

const patches: Partial<Record<(typeof all)[number], string[]>> = {
  fetchSpans: ['window.fetch'],
  xhrSpans: ['XMLHttpRequest.open', 'XMLHttpRequest.setRequestHeader', 'XMLHttpRequest.send'],
  navigationSpans: ['History.pushState', 'History.replaceState'],
}

describeInBrowsers('after stop()', (ground) => {
  const openWatched = async (body = '') => {
    const { site, tab } = ground()
    await tab.go(
      site.page(
        '/watched',
        `<script>errors = []; kept = {}</script>${watch}<script src="/lightspan.js"></script>${body}`,
      ),
    )
    await tab.run(() => window.watch.remember())
  }
  const changes = () => ground().tab.run(() => window.watch.changes().sort())
  const live = () => ground().tab.run(() => window.watch.live())

  test.each(all)('of %s the globals of the page are as found', async (name) => {
    const { tab, start } = ground()
    await openWatched()
    const before = await live()
    await start([name])
    // where there is a Navigation API, nothing has to be patched to hear of navigations
    const heard = name == 'navigationSpans' && (await tab.run(() => 'navigation' in window))
    expect(await changes()).toEqual(heard ? [] : (patches[name] ?? []).sort())
    await tab.run(() => window.tracing.stop())
    expect(await changes()).toEqual([])
    expect(
      await tab.run(() => {
        const slot = Symbol.for('lightspan.context.v1') as unknown as keyof Window
        return (window[slot] as { current?: unknown } | undefined)?.current === undefined
      }),
    ).toBe(true)
    expect(await live()).toEqual(before)
  })

  test('of everything nothing is recorded or sent any more', async () => {
    const { site, tab, start } = ground()
    await openWatched(
      "<button id=\"b\" onclick=\"history.pushState({}, '', '/x'); fetch('/api/200')\">x</button>",
    )
    await start(all)
    await tab.run(() => {
      window.tracing.span('before the end', () => {})
      window.tracing.stop()
    })
    await site.span('before the end')
    const sent = site.batches.length
    await tab.click('#b')
    await tab.run(async () => {
      await fetch('/api/201')
      window.tracing.span('after the end', () => {})
      await window.tracing.flush()
    })
    expect(site.batches).toHaveLength(sent)
    expect(site.requests.map(({ headers }) => headers['traceparent'])).toEqual([
      undefined,
      undefined,
    ])
  })

  test('of a patch that somebody wrapped meanwhile ours lets everything through', async () => {
    const { site, tab, start } = ground()
    await openWatched()
    await start(['fetchSpans', 'xhrSpans', 'navigationSpans'])
    const used = await tab.run(async () => {
      const ours = {
        fetch: window.fetch,
        push: history.pushState,
        send: XMLHttpRequest.prototype.send,
      }
      let wrapped = 0
      window.fetch = (...args) => (wrapped++, ours.fetch.apply(undefined, args))
      history.pushState = (...args) => (wrapped++, ours.push.apply(history, args))
      XMLHttpRequest.prototype.send = function (...args) {
        wrapped++
        return ours.send.apply(this, args)
      }
      window.tracing.stop()
      await fetch('/api/200')
      history.pushState({}, '', '/on')
      const xhr = new XMLHttpRequest()
      xhr.open('GET', '/api/201')
      await new Promise((done) => {
        xhr.onloadend = done
        xhr.send()
      })
      return [wrapped, location.pathname, xhr.status]
    })
    expect(used).toEqual([3, '/on', 201])
    expect(site.requests.map(({ headers }) => headers['traceparent'])).toEqual([
      undefined,
      undefined,
    ])
  })

  test('it can start again', async () => {
    const { site, tab, start } = ground()
    await openWatched()
    await start(['fetchSpans'])
    await tab.run(() => window.tracing.stop())
    await start(['fetchSpans'])
    await tab.run(() => fetch('/api/200'))
    await site.span('GET')
    expect(site.requests.at(-1)!.headers).toHaveProperty('traceparent')
    await tab.run(() => window.tracing.stop())
    expect(await changes()).toEqual([])
  })
})
