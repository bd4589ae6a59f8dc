// story-worker.ts: the worker under test, the same in every runtime; each route is a chapter.

import { relay, toOtlp, traced, traceOf } from '@lightspan/edge'

/** Addresses of the servers that the test has opened. */
export interface Servers {
  origin: string
  /** An origin that is not in `propagateTo`. */
  elsewhere: string
  collector: string
}

type Chapter = (request: Request, servers: Servers, rest: readonly unknown[]) => unknown

const wait = (ms: number) => new Promise((later) => setTimeout(later, ms))

const text = async (response: Promise<Response>) => (await response).text()

const chapters: Record<string, Chapter> = {
  '/hello': () => new Response('hello'),

  '/chain': async (_request, { origin }) => {
    const trace = traceOf()
    const first = await text(fetch(`${origin}/first`))
    const second = await trace.span('work', async (span) => {
      span.setAttribute('shop.items', 3)
      await wait(5)
      return text(fetch(`${origin}/second?token=secret`, { method: 'POST', body: 'order' }))
    })
    return new Response(first + second)
  },

  '/explicit': async (request, { origin }) => {
    const trace = traceOf(request)
    trace.route('/explicit')
    const answer = await trace.span('work', async (span) => {
      await wait(5)
      return text(trace.fetch(`${origin}/explicit/${span.spanId}`))
    })
    return new Response(answer)
  },

  // Whatever comes between, each request sees its own trace.
  '/interleave': async (request, { origin }) => {
    const { traceId } = traceOf(request).root
    const seen = new Set<string>()
    const look = () => seen.add(traceOf().root.traceId)
    for (let turn = 0; turn < 4; turn++) {
      look()
      await wait(turn * 2)
      look()
      await Promise.all([
        text(fetch(`${origin}/turn/${traceId}/${turn}`)),
        Promise.resolve().then(look),
      ])
      look()
    }
    return Response.json({ traceId, seen: [...seen] })
  },

  '/proxy': (request, { origin }) => {
    const { pathname, search } = new URL(request.url)
    return fetch(origin + pathname + search, request)
  },

  '/proxy-request': (request, { origin }) =>
    fetch(new Request(`${origin}/proxy-request`, request), { headers: { 'x-own': 'yes' } }),

  '/elsewhere': async (_request, { elsewhere }) => new Response(await text(fetch(elsewhere))),

  '/own-header': async (_request, { origin }) => {
    const traceparent = '00-11111111111111111111111111111111-2222222222222222-00'
    return new Response(await text(fetch(origin, { headers: { traceparent } })))
  },

  '/fail': async () => {
    await wait(1)
    throw new TypeError('the shop is closed')
  },

  '/status': (request) =>
    new Response(null, { status: +new URL(request.url).searchParams.get('code')! }),

  '/redirect': () => Response.redirect('https://shop.example/', 302),

  '/unreachable': async (_request, { origin }) => {
    try {
      await fetch(`${origin}/reset`)
    } catch (error) {
      return new Response(String(error instanceof Error))
    }
    return new Response('no error')
  },

  '/abort': async (_request, { origin }) => {
    const stop = new AbortController()
    const answer = fetch(`${origin}/hang`, { signal: stop.signal })
    stop.abort()
    return new Response(await answer.then(String, (error: Error) => error.name))
  },

  // The second half waits for the origin, which waits for the test.
  '/stream': (_request, { origin }) => {
    const encoder = new TextEncoder()
    let turn = 0
    return new Response(
      new ReadableStream({
        pull: async (controller) => {
          if (turn++) {
            controller.enqueue(encoder.encode(await text(fetch(`${origin}/gate`))))
            controller.close()
          } else controller.enqueue(encoder.encode('first '))
        },
      }),
      { headers: { 'content-type': 'text/plain' } },
    )
  },

  '/cached': () =>
    new Response('<!doctype html>', { headers: { 'cache-control': 'public, max-age=60' } }),

  // One Response without a body, used again and again.
  '/shared': () => shared(),

  '/background': async (request, { origin }, rest) => {
    const trace = traceOf(request)
    const work = trace.span('after the response', async () => {
      await wait(50)
      await text(trace.fetch(`${origin}/background`))
    })
    const context = rest.at(-1) as { waitUntil?: (work: Promise<unknown>) => void }
    context.waitUntil?.(work)
    return new Response('later')
  },

  '/many-spans': (request) => {
    const trace = traceOf(request)
    for (let n = 0; n < 120; n++) trace.startSpan(`span ${n}`).end()
    return new Response('many')
  },

  '/binding': async (request, _servers, [env]) => {
    const { ORDERS } = env as { ORDERS: { fetch: typeof fetch } }
    return traceOf(request).via(ORDERS).fetch('http://orders/list', { method: 'POST', body: 'x' })
  },

  '/socket': (request, _servers, rest) => upgrade(request, rest[0]),
}

interface Socket {
  accept: () => void
  addEventListener: (type: 'message', listen: (event: { data: string }) => void) => void
  send: (text: string) => void
}

interface Upgrading {
  WebSocketPair?: new () => Record<string, Socket>
  Deno?: { upgradeWebSocket: (request: Request) => { socket: Socket; response: Response } }
}

const echo = (socket: Socket) =>
  socket.addEventListener('message', ({ data }) => socket.send(`echo ${data}`))

// Each runtime has its own way; none is to notice that it is traced.
const upgrade = (request: Request, server: unknown): Response | undefined => {
  const { WebSocketPair, Deno } = globalThis as Upgrading
  if (Deno) {
    const { socket, response } = Deno.upgradeWebSocket(request)
    echo(socket)
    return response
  }
  if (WebSocketPair) {
    const [webSocket, socket] = Object.values(new WebSocketPair())
    socket!.accept()
    echo(socket!)
    return new Response(null, { status: 101, webSocket } as ResponseInit)
  }
  const bun = server as { upgrade: (request: Request) => boolean }
  return bun.upgrade(request) ? undefined : new Response('no upgrade', { status: 400 })
}

const shared = (() => {
  let response: Response | undefined
  return () => (response ??= new Response(null, { status: 204 }))
})()

/** Errors of the handler as they are, and as they came out of `traced`. */
const thrown = new WeakMap<Request, unknown>()

/** Builds the worker. It says how an error came out rather than failing as each runtime would. */
export const createStory = (serversOf: (env: unknown) => Servers) => {
  const handler = async (request: Request, ...rest: unknown[]) => {
    const { pathname } = new URL(request.url)
    const chapter = chapters[`/${pathname.split('/')[1]}`]
    if (!chapter) return new Response('no such chapter', { status: 404 })
    try {
      return (await chapter(request, serversOf(rest[0]), rest)) as Response
    } catch (error) {
      thrown.set(request, error)
      throw error
    }
  }
  const told = traced({ fetch: handler }, (env: unknown) => {
    const { origin, collector } = serversOf(env)
    return {
      service: 'story',
      version: '1.2.3',
      environment: 'test',
      url: `${collector}/v1/spans`,
      key: 'public',
      propagateTo: [origin],
      delay: 20,
      attributes: { 'story.part': 1 },
      route: ({ url }: Request) => (url.includes('/status') ? '/status' : undefined),
    }
  })
  const asCompact = relay(told, (env: unknown) => ({
    url: `${serversOf(env).collector}/v1/spans`,
  }))
  const asOtlp = relay(asCompact, (env: unknown) => ({
    path: '/otlp/spans',
    url: `${serversOf(env).collector}/v1/traces`,
    headers: { authorization: 'Bearer secret' },
    convert: toOtlp,
  }))
  const withKey = relay(asOtlp, (env: unknown) => ({
    path: '/own/spans',
    url: `${serversOf(env).collector}/v1/spans?tenant=a%20b&key=own`,
  }))
  return {
    fetch: async (request: Request, ...rest: unknown[]): Promise<Response> => {
      try {
        return await withKey.fetch(request, ...rest)
      } catch (error) {
        const { name, message } = error as Error
        return Response.json(
          { name, message, same: error === thrown.get(request) },
          { status: 500 },
        )
      }
    },
  }
}
