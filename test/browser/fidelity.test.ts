// What the application observes of fetch and XMLHttpRequest is the same with Lightspan and without.

import { expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'
import type { Seen } from '../kit/site.ts'

declare const window: Window & PageGlobals

type Observations = Record<string, unknown>

// Runs in the page. Each scenario gives what an application could see of it, as JSON. `n` numbers the
// requests, so that what reached the server can be compared too.
const observeFetch = async (other: string): Promise<Observations> => {
  const describe = (error: unknown) => {
    const { name, message } = Object(error) as Error
    // the address is another one in each run
    return error instanceof Error || error instanceof DOMException
      ? [error.constructor.name, name, `${message}`.replace(/http:\/\/[\d.:]+/g, 'origin')]
      : ['thrown', String(error)]
  }
  const show = async (response: Response) => [
    response.constructor.name,
    response.type,
    response.status,
    response.redirected,
    response.url.replace(/^(blob:)?http:\/\/[^/]+(\/[\da-f-]{36})?/, ''),
    [...response.headers.keys()],
    response.bodyUsed,
    response.body ? (await response.text()).length : 'no body',
  ]
  const abortAfter = (ms: number, reason?: unknown) => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(reason), ms)
    return stop.signal
  }
  const aborted = () => {
    const stop = new AbortController()
    stop.abort()
    return stop.signal
  }
  class Inherited {
    get method() {
      return 'PUT'
    }
    get body() {
      return 'inherited'
    }
  }
  const scenarios: Record<string, () => unknown> = {
    'a string': () => fetch('/api/200?n=1'),
    'a URL': () => fetch(new URL('/api/200?n=2', location.href)),
    'an object with toString': () => fetch({ toString: () => '/api/200?n=3' } as string),
    'a Request': () => fetch(new Request('/api/200?n=4', { headers: { 'x-app': 'a' } })),
    'a Request with a body': () =>
      fetch(new Request('/api/200?n=5', { method: 'POST', body: 'text' })),
    'a Request and an init': () =>
      fetch(
        new Request('/api/200?n=6', { method: 'POST', body: 'old', headers: { 'x-old': 'a' } }),
        {
          body: 'new',
          headers: { 'x-new': 'b' },
        },
      ),
    'a Request with a referrer and a policy': () =>
      fetch(new Request('/api/200?n=7', { referrer: '/from-here', referrerPolicy: 'unsafe-url' })),
    'a Request with a referrer, and an init that resets it': () =>
      fetch(new Request('/api/200?n=8', { referrer: '/from-here' }), { cache: 'no-store' }),
    'a Request as init': () =>
      fetch('/api/200?n=9', new Request('/x', { method: 'POST', body: 'of the init' })),
    'an init whose members are inherited': () => fetch('/api/200?n=10', new Inherited()),
    'headers as a list': () =>
      fetch('/api/200?n=11', {
        headers: [
          ['x-a', '1'],
          ['x-a', '2'],
        ],
      }),
    'a form': () => {
      const form = new FormData()
      form.set('a', 'b')
      return fetch('/api/200?n=12', { method: 'POST', body: new URLSearchParams({ a: 'b' }) })
    },
    'a method in lower case': () => fetch('/api/200?n=13', { method: 'patch', body: 'p' }),
    keepalive: () => fetch('/api/200?n=14', { method: 'POST', body: 'k', keepalive: true }),
    'a status that has no body': () => fetch('/api/204?n=15'),
    'a failing status': () => fetch('/api/500?n=16'),
    'a redirect': () => fetch('/api/go?n=17&to=/api/200'),
    'a redirect that is not followed': () =>
      fetch('/api/go?n=18&to=/api/200', { redirect: 'manual' }),
    'a redirect that is an error': () => fetch('/api/go?n=19&to=/api/200', { redirect: 'error' }),
    'another origin': () => fetch(other + '/api/200?n=20'),
    'another origin, opaque': () => fetch(other + '/api/closed?n=21', { mode: 'no-cors' }),
    'another origin that refuses': () => fetch(other + '/api/closed?n=22'),
    'a lost connection': () => fetch('/api/reset?n=23'),
    'a bad address': () => fetch('http://['),
    'a scheme that is not http': () => fetch('data:text/plain,abc'),
    'a blob': () => fetch(URL.createObjectURL(new Blob(['abc']))),
    'no arguments': () => (fetch as () => Promise<Response>)(),
    'a forbidden method': () => fetch('/', { method: 'TRACE' }),
    'a bad header': () => fetch('/', { headers: { 'bad header': 'x' } }),
    'a body where none may be': () => fetch('/', { body: 'x' }),
    'a symbol': () => fetch(Symbol('s') as unknown as string),
    'an input that throws': () =>
      fetch({
        toString: () => {
          throw new RangeError('mine')
        },
      } as unknown as string),
    'an abort before': () => fetch('/api/200?n=24', { signal: aborted() }),
    'an abort meanwhile': () => fetch('/api/hang?n=25', { signal: abortAfter(30) }),
    'an abort with a reason of its own': () =>
      fetch('/api/hang?n=26', { signal: abortAfter(30, new RangeError('enough')) }),
    'an abort with a reason that is text': () =>
      fetch('/api/hang?n=27', { signal: abortAfter(30, 'enough') }),
    'a timeout': () => fetch('/api/hang?n=28', { signal: AbortSignal.timeout(30) }),
    'an abort after the headers': async () => {
      const stop = new AbortController()
      const response = await fetch('/api/200?n=29&stream=50', { signal: stop.signal })
      setTimeout(() => stop.abort(), 40)
      return response.text().then(String, describe)
    },
    'a stream that is read piece by piece': async () => {
      const reader = (await fetch('/api/200?n=30&stream=3')).body!.getReader()
      let bytes = 0
      for (let part; !(part = await reader.read()).done;) bytes += part.value.length
      return bytes
    },
    'a body that is not read': async () => (await fetch('/api/200?n=31')).bodyUsed,
    'a clone': async () => {
      const response = await fetch('/api/200?n=32')
      return [await response.clone().text(), await response.text()]
    },
    'the body of a Request that was used': async () => {
      const request = new Request('/api/200?n=33', { method: 'POST', body: 'once' })
      await fetch(request)
      return [request.bodyUsed, await fetch(request).then(String, (error: Error) => error.name)]
    },
    'another this': () => Reflect.apply(fetch, { not: 'window' }, ['/api/200?n=34']),
    'the type of what is returned': async () => {
      const promise = fetch('/api/200?n=35')
      await promise
      return [promise instanceof Promise, Object.getPrototypeOf(promise) === Promise.prototype]
    },
  }
  const seen: Observations = {}
  for (const [name, run] of Object.entries(scenarios))
    try {
      const result = await run()
      seen[name] = result instanceof Response ? await show(result) : result
    } catch (error) {
      seen[name] = describe(error)
    }
  return seen
}

const observeXhr = async (other: string): Promise<Observations> => {
  interface Plan {
    method?: string
    url: string
    body?: string
    sync?: boolean
    prepare?: (xhr: XMLHttpRequest) => void
    after?: (xhr: XMLHttpRequest) => void
  }
  const plans: Record<string, Plan> = {
    'a text': { url: '/api/200?x=1' },
    'a body': { method: 'POST', url: '/api/200?x=2', body: 'text' },
    'a blob': { url: '/api/200?x=3', prepare: (it) => (it.responseType = 'blob') },
    'a buffer': { url: '/api/200?x=4', prepare: (it) => (it.responseType = 'arraybuffer') },
    'a document': { url: '/api/200?x=5', prepare: (it) => (it.responseType = 'document') },
    json: { url: '/api/200?x=6', prepare: (it) => (it.responseType = 'json') },
    'headers of the app': { url: '/api/200?x=7', prepare: (it) => it.setRequestHeader('x-a', 'b') },
    'a failing status': { url: '/api/500?x=8' },
    'a redirect': { url: '/api/go?x=9&to=/api/200' },
    'another origin': { url: other + '/api/200?x=10' },
    'another origin that refuses': { url: other + '/api/closed?x=11' },
    'a lost connection': { url: '/api/reset?x=12' },
    'a timeout': { url: '/api/hang?x=13', prepare: (it) => (it.timeout = 40) },
    'an abort': { url: '/api/hang?x=14', after: (it) => setTimeout(() => it.abort(), 30) },
    'an abort at once': { url: '/api/hang?x=15', after: (it) => it.abort() },
    'an abort in a listener': {
      url: '/api/200?x=16',
      prepare: (it) => (it.onreadystatechange = () => it.readyState == 2 && it.abort()),
    },
    'opened again while underway': {
      url: '/api/hang?x=17',
      after: (it) => {
        it.open('GET', '/api/200?x=18')
        it.send()
      },
    },
    'sent twice': {
      url: '/api/200?x=19',
      after: (it) => it.send(),
    },
    synchronous: { url: '/api/200?x=20', sync: true },
    'synchronous, and lost': { url: '/api/reset?x=21', sync: true },
    'a bad address': { url: 'http://[' },
    'a bad method': { method: 'bad method', url: '/' },
  }
  const run = (plan: Plan) =>
    new Promise((resolve) => {
      const log: unknown[] = []
      const xhr = new XMLHttpRequest()
      const types = [
        'readystatechange',
        'loadstart',
        'load',
        'error',
        'abort',
        'timeout',
        'loadend',
      ]
      const hear = ({ type }: Event) => {
        log.push(`${type} ${xhr.readyState} ${xhr.status}`)
        if (type == 'loadend') finish()
      }
      const finish = () => {
        const { response } = xhr as { response: unknown }
        const kind = Object.prototype.toString.call(response)
        // how often it is told while it comes depends on the network
        const once = log.filter((it, at) => it !== log[at - 1])
        resolve([
          ...once,
          kind,
          kind == '[object String]' ? response : '',
          xhr.getAllResponseHeaders() != '',
        ])
      }
      try {
        for (const type of types.slice(0, 3)) xhr.addEventListener(type, hear)
        xhr.onload = () => log.push('onload')
        xhr.open(plan.method ?? 'GET', plan.url, !plan.sync)
        plan.prepare?.(xhr)
        for (const type of types.slice(3)) xhr.addEventListener(type, hear)
        xhr.send(plan.body ?? null)
        xhr.addEventListener('load', () => log.push('the last listener'))
        plan.after?.(xhr)
        if (plan.sync) finish()
      } catch (error) {
        log.push((error as Error).name)
        if (!log.includes('loadstart 1 0')) resolve(log)
      }
    })
  const seen: Observations = {}
  for (const [name, plan] of Object.entries(plans)) seen[name] = await run(plan)
  return seen
}

// What the server saw, without what is ours or another in each run.
const atServer = (requests: readonly Seen[]) =>
  requests
    // whether one that is aborted at once still leaves is a race; one that is cut off the engine may send again
    .filter(({ url }) => !/^\/api\/(hang|reset)/.test(url))
    .map(({ method, url, headers, body }) => {
      const { traceparent: _, host, origin, referer, ...others } = headers
      const path = (text?: string) => text?.replace(/^http:\/\/[^/]+/, '')
      return { url, method, body, referer: path(referer), origin: path(origin), ...others }
    })
    .sort((a, b) => (a.url < b.url ? -1 : 1))

describeInBrowsers(
  'an application that',
  (ground) => {
    const compare = async (observe: (other: string) => Promise<Observations>, traced: number) => {
      const { site, tab, open, start } = ground()
      await open()
      const native = await tab.run(observe, site.other)
      const nativeServer = atServer(site.requests)
      site.clear()
      await open()
      await start(['fetchSpans', 'xhrSpans'], {}, false)
      const ours = await tab.run(observe, site.other)
      expect(ours).toEqual(native)
      expect(site.requests.filter((it) => 'traceparent' in it.headers).length).toBeGreaterThan(
        traced,
      )
      expect(atServer(site.requests)).toEqual(nativeServer)
    }

    test('fetches, sees the same values and errors, and its server the same requests', () =>
      compare(observeFetch, 25))

    test('uses XMLHttpRequest, sees the same events in the same order, and its server the same requests', () =>
      compare(observeXhr, 12))

    test('counts microtasks, sees one more before a fetch has settled, and no other', async () => {
      const { tab, open, start } = ground()
      const count = () =>
        tab.run(async () => {
          const ticks = async (begin: () => Promise<unknown>) => {
            let at = 0
            let done = -1
            const step = () => {
              at++
              if (at < 20) void Promise.resolve().then(step)
            }
            begin().then(
              () => (done = at),
              () => (done = at),
            )
            step()
            await new Promise((later) => setTimeout(later, 20))
            return done
          }
          return [
            await ticks(() => fetch('/', { method: 'TRACE' })), // refused at once
            await ticks(() => fetch('http://[')), // not ours to trace
            await ticks(() => Promise.resolve()),
          ]
        })
      await open()
      const native = await count()
      await start(['fetchSpans'], {}, false)
      expect(await count()).toEqual([native[0]! + 1, native[1], native[2]])
    })

    test('waits for unhandled rejections, hears of each once, with its own reason', async () => {
      const { tab, open, start } = ground()
      const hear = () =>
        tab.run(async () => {
          const heard: string[] = []
          const listener = (event: PromiseRejectionEvent) => {
            event.preventDefault()
            heard.push(`${(event.reason as Error).name} ${event.promise instanceof Promise}`)
          }
          addEventListener('unhandledrejection', listener)
          void fetch('/api/reset')
          const late = fetch('/api/reset')
          await fetch('/api/reset').catch(() => {})
          await new Promise((later) => setTimeout(later, 100))
          await late.catch(() => {})
          removeEventListener('unhandledrejection', listener)
          return heard
        })
      await open()
      const native = await hear()
      await start(['fetchSpans'], {}, false)
      expect(await hear()).toEqual(native)
      expect(native).toEqual(['TypeError true', 'TypeError true'])
    })

    test('leaves 50 MB unread, pulls no more of them', async () => {
      const { site, tab, open, start } = ground()
      const pull = async () => {
        const before = site.pulled()
        await tab.run(async () => {
          window.kept['response'] = await fetch('/api/big')
        })
        let last = -1
        while (site.pulled() > last) {
          last = site.pulled()
          await new Promise((later) => setTimeout(later, 400))
        }
        return last - before
      }
      await open()
      const native = await pull()
      await open()
      await start(['fetchSpans'], {}, false)
      const ours = await pull()
      // what the platform buffers varies a little; a clone that is read would pull all 52,428,800
      expect(ours).toBeLessThan(native + 8e6)
    })
  },
  { tolerate: true },
)
