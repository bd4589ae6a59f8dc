// WebSocket, EventSource, sendBeacon and WebTransport: spans of connections, and a page that notices nothing.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInBrowsers, type PageGlobals } from '../kit/in-browsers.ts'
import { startSockets, type Sockets } from '../kit/sockets.ts'

declare const window: Window & PageGlobals & { tracing: import('lightspan').Lightspan }

const more = '<script src="/lightspan-more.js"></script>'

let sockets: Sockets
beforeAll(async () => {
  sockets = await startSockets()
})
afterAll(() => sockets.close())

describeInBrowsers('WebSocket', (ground) => {
  test('gives a span of opening it, and one of its life with what it carried', async () => {
    const { site, tab, open, start, find } = ground()
    await open(more)
    await start(['webSocketSpans'])
    const native = await tab.run(async (address) => {
      const heard: string[] = []
      const socket = window.tracing.span('app', () => new WebSocket(address + '?token=secret'))
      socket.binaryType = 'arraybuffer'
      await new Promise((opened) => (socket.onopen = opened))
      const echo = (data: string | Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer>) =>
        new Promise((done) => {
          socket.onmessage = ({ data: back }) => {
            heard.push(typeof back == 'string' ? back : String((back as ArrayBuffer).byteLength))
            done(null)
          }
          socket.send(data)
        })
      await echo('a€😀secret') // 1 + 3 + 4 + 6 bytes
      await echo(new Uint8Array(100))
      await echo(new ArrayBuffer(1000))
      await echo(new Blob(['x'.repeat(10_000)]))
      socket.send('close 4001')
      const { code, wasClean } = await new Promise<CloseEvent>((done) => (socket.onclose = done))
      return [...heard, code, wasClean]
    }, sockets.socket)
    expect(native).toEqual(['a€😀secret', '100', '1000', '10000', 4001, true])
    const app = await find({ name: 'app' })
    const connect = await find({ name: 'WebSocket connect', parentSpanId: app.spanId })
    const life = await find({ name: 'WebSocket' })
    expect(connect).toMatchObject({ kind: 3, status: 0 })
    expect(life).toMatchObject({
      kind: 3,
      status: 0,
      parentSpanId: undefined,
      links: [{ traceId: connect.traceId, spanId: connect.spanId }],
      attributes: {
        'url.full': sockets.socket + '?token=REDACTED',
        'server.address': '127.0.0.1',
        'lightspan.connection.sent_messages': 5,
        'lightspan.connection.sent_bytes': 14 + 100 + 1000 + 10_000 + 10,
        'lightspan.connection.received_messages': 4,
        'lightspan.connection.received_bytes': 14 + 100 + 1000 + 10_000,
        'lightspan.connection.close_code': 4001,
        'lightspan.connection.clean': true,
      },
    })
    expect(life.traceId).not.toBe(connect.traceId)
    expect(JSON.stringify(site.spans())).not.toContain('secret')
  })

  test('that cannot be opened, or breaks, is an error; one that the page closes is none', async () => {
    const { site, tab, open, start, find } = ground()
    await open(more)
    await start(['webSocketSpans'])
    await tab.run(
      async (address, nothing) => {
        const closed = (socket: WebSocket) => new Promise((done) => (socket.onclose = done))
        await closed(new WebSocket(nothing))
        const early = new WebSocket(address + '?early')
        early.close()
        await closed(early)
        const broken = new WebSocket(address + '?broken')
        broken.onopen = () => broken.send('drop')
        await closed(broken)
        const ended = new WebSocket(address + '?ended')
        ended.onopen = () => ended.close(1000, 'a secret reason')
        await closed(ended)
      },
      sockets.socket,
      sockets.nothing.replace('http', 'ws'),
    )
    const about = (part: string, name: string) =>
      find((span) => span.name == name && `${span.attributes['url.full'] as string}`.includes(part))
    expect(await about('/nothing', 'WebSocket connect')).toMatchObject({
      status: 2,
      attributes: { 'error.type': '1006', 'lightspan.connection.clean': false },
    })
    const early = await find(
      ({ name, attributes }) =>
        name == 'WebSocket connect' && attributes['lightspan.ended_by'] == 'abort',
    )
    expect(early.status).toBe(0)
    await site.until((all) => all.filter(({ name }) => name == 'WebSocket').length == 2)
    const [broken, ended] = site.spans().filter(({ name }) => name == 'WebSocket')
    expect(broken).toMatchObject({
      status: 2,
      attributes: { 'error.type': '1006', 'lightspan.connection.sent_messages': 1 },
    })
    expect(ended).toMatchObject({
      status: 0,
      attributes: { 'lightspan.connection.close_code': 1000, 'lightspan.ended_by': 'abort' },
    })
    expect(JSON.stringify(site.spans())).not.toContain('secret')
  })

  test('looks, extends and throws as without us, and is given back', async () => {
    const { tab, open, start, find } = ground()
    const look = () =>
      tab.run(async (address) => {
        const thrown = (work: () => unknown) => {
          try {
            work()
            return 'nothing'
          } catch (error) {
            return `${(error as Error).name} ${error instanceof DOMException}`
          }
        }
        class Chat extends WebSocket {
          said: string[] = []
          override send(text: string) {
            this.said.push(text)
            super.send(text)
          }
        }
        const chat = new Chat(address)
        await new Promise((opened) => (chat.onopen = opened))
        chat.send('hi')
        await new Promise((heard) => (chat.onmessage = heard))
        const socket = new WebSocket(address)
        const early = thrown(() => socket.send('too early'))
        socket.close()
        const { EventSource: Events } = window as unknown as { EventSource: typeof EventSource }
        return [
          WebSocket.name,
          WebSocket.length,
          [WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED],
          Object.getOwnPropertyNames(WebSocket).sort(),
          Object.getOwnPropertyNames(WebSocket.prototype).sort(),
          Object.keys(Object.getOwnPropertyDescriptor(window, 'WebSocket')!),
          Function.prototype.toString.call(WebSocket).includes('[native code]'),
          WebSocket.prototype.send.name + WebSocket.prototype.send.length,
          Function.prototype.toString.call(WebSocket.prototype.send).includes('[native code]'),
          socket instanceof WebSocket && socket.constructor === WebSocket,
          WebSocket.prototype.constructor === WebSocket,
          Object.prototype.toString.call(socket),
          chat instanceof Chat && chat instanceof WebSocket && chat.constructor === Chat,
          chat.said,
          Object.getPrototypeOf(Chat) === WebSocket,
          thrown(() => (WebSocket as unknown as () => void)()),
          thrown(() => new WebSocket('http://[')),
          thrown(() => new (WebSocket as unknown as new () => void)()),
          thrown(() => WebSocket.prototype.send.call({} as WebSocket, 'x')),
          thrown(() => socket.close(1)),
          early,
          [Events.name, Events.CLOSED, Events.prototype.constructor === Events],
          navigator.sendBeacon.name + navigator.sendBeacon.length,
          thrown(() => navigator.sendBeacon('http://[')),
          thrown(() => Reflect.apply(navigator.sendBeacon, undefined, ['/'])),
        ]
      }, sockets.socket)
    const names = ['webSocketSpans', 'eventSourceSpans', 'beaconSpans', 'webTransportSpans']
    await open(more)
    const native = await look()
    await tab.run(() => {
      window.kept['before'] = [
        WebSocket,
        EventSource,
        navigator.sendBeacon,
        WebSocket.prototype.send,
      ]
    })
    await start(names)
    expect(await look()).toEqual(native)
    await find({ name: 'WebSocket connect', status: 0 })
    expect(
      await tab.run(() => {
        const during = WebSocket
        const { before } = window.kept as { before: unknown[] }
        const changed = before[0] != WebSocket
        window.tracing.stop()
        const now = [WebSocket, EventSource, navigator.sendBeacon, WebSocket.prototype.send]
        return [
          changed,
          now.map((it, at) => it === before[at]),
          WebSocket.prototype.constructor === WebSocket,
          Object.hasOwn(EventSource.prototype, 'addEventListener'),
          // who kept ours has the platform's behind it
          during.CLOSED,
        ]
      }),
    ).toEqual([true, [true, true, true, true], true, false, 3])
    expect(await look()).toEqual(native)
  })

  test('that is open at stop() or as the page goes has its span, with what it carried so far', async () => {
    const { site, tab, open, start, find, engine } = ground()
    const speak = () =>
      tab.run(async (address) => {
        const socket = new WebSocket(address)
        window.kept['socket'] = socket
        await new Promise((opened) => (socket.onopen = opened))
        socket.send('hello')
        await new Promise((heard) => (socket.onmessage = heard))
      }, sockets.socket)
    await open(more)
    await start(['webSocketSpans'])
    await speak()
    await tab.run(() => window.tracing.stop())
    const stopped = await find({ name: 'WebSocket' })
    expect(stopped.attributes).toMatchObject({
      'lightspan.ended_by': 'stop',
      'lightspan.connection.received_bytes': 5,
    })
    // it is the page's, and goes on
    const echo = await tab.run(
      () =>
        new Promise((heard) => {
          const { socket } = window.kept as { socket: WebSocket }
          socket.onmessage = ({ data }) => heard(data)
          socket.send('still here')
        }),
    )
    expect(echo).toBe('still here')
    site.clear()
    await start(['webSocketSpans'])
    await speak()
    await tab.go(site.page('/next', ''))
    const left = await find(
      ({ name, attributes }) => name == 'WebSocket' && !attributes['lightspan.open'],
    )
    expect(left.attributes).toMatchObject({
      'lightspan.connection.sent_bytes': 5,
      // Firefox closes them itself, and says so, before it says that the page goes
      ...(engine == 'firefox'
        ? { 'lightspan.connection.close_code': 1001 }
        : { 'lightspan.ended_by': 'leave' }),
    })
  })
})

describeInBrowsers('EventSource', (ground) => {
  test('gives a span of opening it, and one of its life with what came', async () => {
    const { site, tab, open, start, find } = ground()
    await open(more)
    await start(['eventSourceSpans'])
    const heard = await tab.run(async (address) => {
      const source = new EventSource(address + '?secret=x')
      const heard: string[] = []
      source.addEventListener('price', ({ data }: MessageEvent<string>) => heard.push(data))
      source.onmessage = ({ data }: MessageEvent<string>) => heard.push(data)
      while (heard.length < 2) await new Promise((later) => setTimeout(later, 10))
      source.close()
      return [...heard, source.readyState]
    }, sockets.events)
    expect(heard).toEqual(['héllo', '12', 2])
    const connect = await find({ name: 'EventSource connect' })
    const life = await find({ name: 'EventSource' })
    expect(life).toMatchObject({
      kind: 3,
      status: 0,
      links: [{ spanId: connect.spanId }],
      attributes: {
        'url.full': sockets.events + '?secret=REDACTED',
        'lightspan.connection.received_messages': 2,
        'lightspan.connection.received_bytes': 8,
        'lightspan.ended_by': 'abort',
      },
    })
    expect(JSON.stringify(site.spans())).not.toContain('llo')
  })

  test('that is refused is an error; one that is cut counts how often it came again', async () => {
    const { tab, open, start, find } = ground()
    await open(more)
    await start(['eventSourceSpans'])
    await tab.run(async (address) => {
      const refused = new EventSource(address + '?status=500')
      await new Promise((done) => (refused.onerror = done))
      const cut = new EventSource(address + '?cut')
      for (let opened = 0; opened < 2; opened++) await new Promise((done) => (cut.onopen = done))
      cut.close()
    }, sockets.events)
    expect(await find({ name: 'EventSource connect', status: 2 })).toMatchObject({
      attributes: { 'error.type': 'error' },
    })
    const life = await find({ name: 'EventSource' })
    expect(life.status).toBe(0)
    expect(life.attributes['lightspan.connection.retries']).toBeGreaterThanOrEqual(1)
  })
})

describeInBrowsers('sendBeacon', (ground) => {
  test('gives a client span with its size, and none for what Lightspan sends', async () => {
    const { site, tab, open, start, find } = ground()
    await open(more)
    await start(['beaconSpans'])
    const taken = await tab.run(() => [
      navigator.sendBeacon('/api/200?user=me', 'é23'),
      navigator.sendBeacon('/api/200', new Blob(['12345'])),
      navigator.sendBeacon('/api/200', new URLSearchParams({ a: 'b' })),
    ])
    expect(taken).toEqual([true, true, true])
    await site.until((all) => all.length == 3)
    expect(
      site
        .spans()
        .map(({ attributes }) => String(attributes['http.request.body.size']))
        .sort(), // they may have begun at the same time
    ).toEqual(['4', '5', 'undefined'])
    expect(await find({ name: 'POST' })).toMatchObject({
      kind: 3,
      status: 0,
      attributes: {
        'http.request.method': 'POST',
        'url.full': `${site.origin}/api/200?user=REDACTED`,
        'lightspan.ended_at': 'queue',
      },
    })
    // as the page goes, its last batch leaves by beacon
    await tab.run(() => {
      window.tracing.startSpan('last words').end()
    })
    await tab.go(site.page('/next', ''))
    await find({ name: 'last words' })
    expect(site.spans().map(({ name }) => name)).toEqual(['POST', 'POST', 'POST', 'last words'])
    expect(site.requests.map(({ body }) => body).sort()).toEqual(['12345', 'a=b', 'é23'])
  })

  test('that the platform refuses is an error, and says so to the page too', async () => {
    const { tab, open, start, find, engine } = ground()
    await open(more)
    await start(['beaconSpans'])
    const taken = await tab.run(() => navigator.sendBeacon('/api/200', 'x'.repeat(70_000)))
    // Firefox has no limit
    expect(taken).toBe(engine == 'firefox')
    expect(await find({ name: 'POST' })).toMatchObject(
      taken ? { status: 0 } : { status: 2, attributes: { 'error.type': 'refused' } },
    )
  })
})

describeInBrowsers('WebTransport', (ground) => {
  test('is an error where it cannot connect, and absent where the engine has none', async () => {
    const { site, tab, open, start, find, flush } = ground()
    await open(more)
    await start(['webTransportSpans'])
    const failed = await tab.run(async () => {
      const { WebTransport: Native } = window as unknown as {
        WebTransport?: new (url: string) => { ready: Promise<void>; closed: Promise<void> }
      }
      if (!Native) return 'absent'
      const session = new Native('https://127.0.0.1:9/?token=secret')
      return session.ready.then(
        () => 'ready',
        () => session instanceof Native && session.constructor === Native,
      )
    })
    if (failed == 'absent') {
      await flush()
      expect(site.spans()).toEqual([])
      return
    }
    expect(failed).toBe(true)
    const connect = await find({ name: 'WebTransport connect' })
    expect(connect).toMatchObject({
      status: 2,
      attributes: { 'url.full': 'https://127.0.0.1:9/?token=REDACTED', 'server.port': 9 },
    })
    expect(connect.attributes['error.type']).toMatch(/Error$/)
  })
})
