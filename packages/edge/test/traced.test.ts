// traced.test.ts: what `traced` makes of its options, and what it leaves alone.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import * as door from '@lightspan/edge'
import { readBatch } from '../../../test/kit/received.ts'
import { openCollector, openRecorder, until, type Collector, type Recorder } from './kit/servers.ts'

const { traced, traceOf } = door
const native = globalThis.fetch
const nativeShape = [native.name, native.length]
const slot = Symbol.for('lightspan.edge.1')

let collector: Collector
let origin: Recorder

beforeAll(async () => {
  collector = await openCollector()
  origin = await openRecorder((_, response) => response.end('origin'))
})
afterAll(async () => {
  await collector?.close()
  await origin?.close()
})
beforeEach(() => {
  origin.seen.length = 0
})

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const options = (more: Partial<door.EdgeOptions> = {}): door.EdgeOptions => ({
  service: 'edge',
  url: `${collector.url}/v1/spans`,
  propagateTo: [origin.url],
  delay: 0,
  ...more,
})
const request = (headers: Record<string, string> = {}, url = 'https://shop.example/list') =>
  new Request(url, { headers })
const namedIn = (response: Response) =>
  /00-([\da-f]{32})/.exec(response.headers.get('server-timing') ?? '')?.[1] ?? ''

test('importing does nothing', () => {
  expect(globalThis.fetch).toBe(native)
  expect(slot in globalThis).toBe(false)
})

test('building a handler does nothing', () => {
  traced(() => new Response(), options())
  expect(globalThis.fetch).toBe(native)
  expect(slot in globalThis).toBe(false)
})

describe('options', () => {
  test('may be a function of env, asked once', async () => {
    const give = vi.fn((env: { SERVICE: string }) => options({ service: env.SERVICE }))
    const worker = traced((_: Request, env: { SERVICE: string }) => new Response(env.SERVICE), give)
    const first = await worker(request(), { SERVICE: 'one' })
    await worker(request(), { SERVICE: 'two' })
    expect(give.mock.calls).toEqual([[{ SERVICE: 'one' }]])
    const [span] = await collector.trace(namedIn(first))
    expect(span!.resource['service.name']).toBe('one')
  })

  test('that cannot be made leave the handler alone, and are asked for again', async () => {
    const give = vi.fn((env: string) => {
      if (env == 'bad') throw new Error('no secret')
      return options()
    })
    const worker = traced((_: Request, env: string) => new Response(env), give)
    const bad = await worker(request(), 'bad')
    expect([await bad.text(), bad.headers.get('server-timing')]).toEqual(['bad', null])
    expect(namedIn(await worker(request(), 'good'))).toMatch(/[\da-f]{32}/)
  })

  test('that throw for one request leave that request alone', async () => {
    const fail = () => {
      throw new Error('broken option')
    }
    for (const broken of [{ route: fail }, { sample: fail }, { trustIncoming: fail }]) {
      const response = await traced(() => new Response('fine'), options(broken))(request())
      expect(await response.text()).toBe('fine')
    }
  })

  test('sample decides for traces that begin here, by request if need be', async () => {
    const worker = traced(
      () => new Response(),
      options({ sample: ({ url }) => (url.endsWith('/health') ? 0 : 1) }),
    )
    const flags = async (path: string) =>
      (await worker(request({}, `https://shop.example${path}`))).headers
        .get('server-timing')!
        .slice(-2)
    expect([await flags('/health'), await flags('/list')]).toEqual(['02', '03'])
  })

  test('trustIncoming false begins a trace and links to the one that came', async () => {
    const worker = traced(
      () => fetch(origin.url),
      options({ trustIncoming: ({ headers }) => headers.has('x-internal') }),
    )
    const headers = {
      traceparent: `00-${traceId}-00f067aa0ba902b7-00`,
      tracestate: 'a=1',
      baggage: 'admin=yes',
    }
    const response = await worker(request(headers))
    expect(namedIn(response)).not.toBe(traceId)
    const spans = await collector.trace(namedIn(response), 2)
    const root = spans.find(({ kind }) => kind == 2)!
    expect(root.parentSpanId).toBeUndefined()
    expect(root.links).toEqual([{ traceId, spanId: '00f067aa0ba902b7' }])
    const [went] = origin.seen
    expect(went!.headers.traceparent).toContain(namedIn(response))
    expect(went!.headers).not.toHaveProperty('tracestate')
    expect(went!.headers).not.toHaveProperty('baggage')
    expect(namedIn(await worker(request({ ...headers, 'x-internal': '1' })))).toBe(traceId)
  })

  test('beforeSend changes spans, drops them, and keeps back what it fails at', async () => {
    const worker = traced(
      ({ url }: Request) => {
        const trace = traceOf()
        for (const name of ['keep', 'drop', 'fail']) trace.startSpan(name).end()
        return new Response(url)
      },
      options({
        beforeSend: (span) => {
          if (span.name == 'fail') throw new Error('broken hook')
          if (span.name == 'drop') return
          return { ...span, attributes: { ...span.attributes, 'url.path': 'hidden' } }
        },
      }),
    )
    const spans = await collector.trace(namedIn(await worker(request())), 2)
    expect(spans.map(({ name }) => name).sort()).toEqual(['GET', 'keep'])
    expect(spans.map(({ attributes }) => attributes['url.path'])).toEqual(['hidden', 'hidden'])
  })

  test('serverTiming false leaves the response alone', async () => {
    const response = await traced(() => new Response(), options({ serverTiming: false }))(request())
    expect(response.headers.get('server-timing')).toBeNull()
  })

  test('an unknown method has a name of few', async () => {
    const worker = traced(() => new Response(), options())
    const odd = new Request('https://shop.example/', { method: 'PURGE' })
    const [span] = await collector.trace(namedIn(await worker(odd)))
    expect(span).toMatchObject({
      name: 'HTTP',
      attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': 'PURGE' },
    })
  })
})

describe('a worker object', () => {
  // As applications have them: state behind `#`, methods on the prototype.
  class Worker {
    #name = 'shop'
    version = 7
    fetch() {
      return new Response(this.#name)
    }
    scheduled(event: string) {
      return `${this.#name} ${event}`
    }
  }

  test('keeps all that it has, on its own `this`', async () => {
    const worker = traced(new Worker(), options())
    expect(await (await worker.fetch(request())).text()).toBe('shop')
    expect(worker.scheduled('nightly')).toBe('shop nightly')
    expect(worker.version).toBe(7)
  })

  test('that is traced twice has one server span', async () => {
    const response = await traced(traced(new Worker(), options()), options()).fetch(request())
    const spans = await collector.trace(namedIn(response))
    await traced(() => new Response(), options())(request())
    expect(spans.filter(({ kind }) => kind == 2)).toHaveLength(1)
    expect(response.headers.get('server-timing')!.match(/traceparent/g)).toHaveLength(1)
  })

  test('gets its arguments as they are, and gives back what it gives', async () => {
    const odd = undefined as unknown as Response
    const handler = vi.fn((..._: unknown[]) => odd)
    const [it, env, context] = [request(), { secret: 1 }, { waitUntil: vi.fn() }]
    expect(await traced(handler, options())(it, env, context)).toBe(odd)
    expect(handler).toHaveBeenCalledExactlyOnceWith(it, env, context)
  })
})

describe('what runs after the response', () => {
  test('is given to waitUntil of the runtime, called on its owner', async () => {
    class Context {
      #promises: Promise<unknown>[] = []
      waitUntil(promise: Promise<unknown>) {
        this.#promises.push(promise)
      }
      all = () => Promise.all(this.#promises)
    }
    const context = new Context()
    const worker = traced((..._: unknown[]) => new Response(), options())
    const response = await worker(request(), {}, context)
    await context.all()
    expect(collector.spans().some((span) => span.traceId == namedIn(response))).toBe(true)
  })

  test('is given to waitUntil of a request context, where Vercel has one', async () => {
    const vercel = Symbol.for('@vercel/request-context')
    const waitUntil = vi.fn<(promise: Promise<unknown>) => void>()
    Object.assign(globalThis, { [vercel]: { get: () => ({ waitUntil }) } })
    await traced(() => new Response(), options())(request())
    Reflect.deleteProperty(globalThis, vercel)
    expect(waitUntil).toHaveBeenCalledOnce()
    await waitUntil.mock.calls[0]![0]
  })

  test('takes a redirect for a no: followed, it would be a GET that anybody answers', async () => {
    const seen: string[] = []
    const gate = await openRecorder(({ method, path, body }, response) => {
      seen.push(`${method} ${path}`)
      if (path == '/v1/spans' && seen.length == 1)
        return response.writeHead(302, { location: '/login' }).end()
      if (body.length) seen.push(JSON.stringify(readBatch(path, {}, body).dropped))
      response.end('<html>')
    })
    const worker = traced(() => new Response(), options({ url: `${gate.url}/v1/spans` }))
    await worker(request())
    await until('a first export', () => seen.length)
    await until('a second export', () => {
      void worker(request())
      return seen.length > 1
    })
    await gate.close()
    expect(seen.slice(0, 3)).toEqual(['POST /v1/spans', 'POST /v1/spans', '1'])
  })

  test('that the runtime refuses harms nobody', async () => {
    const context = {
      waitUntil: () => {
        throw new Error('too late')
      },
    }
    const response = await traced((..._: unknown[]) => new Response('fine'), options())(
      request(),
      {},
      context,
    )
    expect(await response.text()).toBe('fine')
    await collector.trace(namedIn(response))
  })
})

describe('fetch, once a request has been traced,', () => {
  const within = <Result>(work: () => Promise<Result>) =>
    new Promise<Result>((resolve, reject) => {
      const worker = traced(async () => {
        await work().then(resolve, reject)
        return new Response()
      }, options())
      void worker(request())
    })

  const url = () => `${origin.url}/in?a=1`
  const forms: Record<string, () => Parameters<typeof fetch>> = {
    'a text': () => [url()],
    'a URL': () => [new URL(url())],
    'a Request': () => [new Request(url(), { method: 'PUT', body: 'b', headers: { 'x-a': '1' } })],
    'a Request and headers': () => [
      new Request(url(), { method: 'PUT', body: 'b', headers: { 'x-a': '1' } }),
      { headers: { 'x-b': '2' } },
    ],
    'a Request and another method': () => [new Request(url()), { method: 'POST', body: 'c' }],
    'a text and a Request': () => [
      url(),
      new Request('https://other.example/', {
        method: 'PATCH',
        body: 'd',
        headers: { 'x-a': '1' },
      }),
    ],
    'pairs of headers': () => [
      url(),
      {
        headers: [
          ['x-a', '1'],
          ['x-a', '2'],
        ],
      },
    ],
    Headers: () => [url(), { method: 'DELETE', headers: new Headers({ 'x-a': '1' }) }],
    'a stream': () => [
      url(),
      { method: 'POST', body: new Blob(['e', 'f']).stream(), duplex: 'half' } as RequestInit,
    ],
    'options with a prototype': () => [
      url(),
      Object.create({ method: 'POST', body: 'g', headers: { 'x-a': '1' } }) as RequestInit,
    ],
  }

  test.each(Object.keys(forms))('sends what it would have sent: %s', async (form) => {
    await native(...forms[form]!())
    await within(() => fetch(...forms[form]!()))
    const [plain, ours] = origin.seen.map(({ method, path, headers, body }) => {
      const { traceparent, ...others } = headers
      return { method, path, body: body.toString(), others, traceparent }
    })
    expect(plain!.traceparent).toBeUndefined()
    expect(ours!.traceparent).toMatch(/^00-/)
    expect({ ...ours, traceparent: undefined }).toEqual(plain)
  })

  test.each([
    ['nothing', () => (fetch as () => Promise<Response>)()],
    ['no URL', () => fetch('not a url')],
    [
      'a body that has been read',
      async () => {
        const used = new Request(url(), { method: 'POST', body: 'x' })
        await used.text()
        return fetch(used)
      },
    ],
    ['a header that cannot be', () => fetch(url(), { headers: { 'bad header': '1' } })],
  ])('fails as it would have failed: %s', async (_, call) => {
    const ours = await within(call).then(String, (error: Error) => [error.name, error.message])
    vi.stubGlobal('fetch', native)
    const plain = await call().then(String, (error: Error) => [error.name, error.message])
    vi.unstubAllGlobals()
    expect(plain).toBeInstanceOf(Array)
    expect(ours).toEqual(plain)
  })

  test.each([
    ['an abort with a reason of its own is none', new Error('the user left'), 0, 'abort'],
    ['a timeout is one', new DOMException('late', 'TimeoutError'), 2, undefined],
  ])('says what is an error: %s', async (_, reason, status, endedBy) => {
    let id = ''
    await within(async () => {
      id = traceOf().root.traceId
      await expect(fetch(url(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    })
    const spans = await collector.trace(id, 2)
    const client = spans.find(({ kind }) => kind == 3)!
    expect([client.status, client.attributes['lightspan.ended_by']]).toEqual([status, endedBy])
  })

  test('leaves URLs alone that are no HTTP', async () => {
    expect(await within(async () => (await fetch('data:text/plain,here')).text())).toBe('here')
  })

  test('may be called on anything, as the platform does not let one', async () => {
    const owner = { fetch: globalThis.fetch }
    expect((await within(() => owner.fetch(url()))).status).toBe(200)
  })

  test('looks as before, and outside a request does as before', async () => {
    expect([globalThis.fetch.name, globalThis.fetch.length]).toEqual(nativeShape)
    await globalThis.fetch(url())
    expect(origin.seen[0]!.headers).not.toHaveProperty('traceparent')
  })
})

describe('a trace', () => {
  test('outside any request records nothing and changes no request', async () => {
    const trace = traceOf()
    expect(trace.span('work', (span) => span.setAttribute('a', 1) && 42)).toBe(42)
    trace.route('/x')
    await trace.fetch(origin.url)
    expect(origin.seen[0]!.headers).not.toHaveProperty('traceparent')
    const binding = { fetch: async () => new Response('bound') }
    expect(trace.via(binding)).toBe(binding)
  })

  test('kept beyond its request stays itself, whoever uses it', async () => {
    let kept: door.Trace | undefined
    const first = await traced((it: Request) => {
      kept = traceOf(it)
      return new Response()
    }, options())(request())
    await traced(() => {
      kept!.startSpan('late').end()
      return new Response()
    }, options())(request())
    const spans = await until('the late span', () => {
      const found = collector.spans().filter((span) => span.traceId == namedIn(first))
      return found.length == 2 && found
    })
    const root = spans.find(({ kind }) => kind == 2)!
    expect(spans.find(({ name }) => name == 'late')!.parentSpanId).toBe(root.spanId)
  })

  test('calls a binding on its owner, with the header whatever its origin', async () => {
    class Binding {
      #calls: Headers[] = []
      async fetch(_: string, init?: RequestInit) {
        this.#calls.push(new Headers(init?.headers))
        return Response.json([...this.#calls.at(-1)!])
      }
    }
    const worker = traced(
      (it: Request) => traceOf(it).via(new Binding()).fetch('http://x/'),
      options(),
    )
    const response = await worker(request())
    expect(JSON.stringify(await response.json())).toContain(`00-${namedIn(response)}-`)
  })
})

afterEach(() => {
  vi.restoreAllMocks()
})
