// sockets.ts: what stays connected: a WebSocket server that echoes, and a stream of server-sent events.

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** A server for connections that stay. The caller closes it. */
export interface Sockets {
  /** `ws://…`: echoes; the text `close 4001` closes with that code, `drop` cuts the line. */
  socket: string
  /**
   * `http://…`: sends one event without type, one of type `price`, one of type `unheard`; answers to
   * `?status=` with that, and cuts a stream after its events with `?cut`.
   */
  events: string
  /** An `http:` address of this server where nothing is. */
  nothing: string
  close: () => Promise<void>
}

const sendEvents = (url: URL, response: ServerResponse) => {
  const headers = { 'content-type': 'text/event-stream', 'access-control-allow-origin': '*' }
  response.writeHead(Number(url.searchParams.get('status') ?? 200), headers)
  response.write(
    'retry: 50\n\ndata: héllo\n\nevent: price\ndata: 12\n\nevent: unheard\ndata: x\n\n',
  )
  if (url.searchParams.has('cut')) setTimeout(() => response.destroy(), 50)
}

/** Starts the server on a free port. */
export const startSockets = async (): Promise<Sockets> => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://sockets')
    if (url.pathname == '/events') sendEvents(url, response)
    else response.writeHead(404).end()
  })
  const sockets = new WebSocketServer({ server, path: '/socket' })
  sockets.on('connection', (socket) =>
    socket.on('message', (data: Buffer, binary) => {
      const text = data.toString()
      if (text.startsWith('close ')) socket.close(Number(text.slice(6)), 'a secret reason')
      else if (text == 'drop') socket.terminate()
      else socket.send(data, { binary })
    }),
  )
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const at = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    socket: `ws://${at}/socket`,
    events: `http://${at}/events`,
    nothing: `http://${at}/nothing`,
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets.clients) socket.terminate()
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
