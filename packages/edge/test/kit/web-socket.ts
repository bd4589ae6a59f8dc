// web-socket.ts: as much of a WebSocket client as says one word and hears one (RFC 6455).

import { request, type OutgoingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'

/** Upgrades, says `hello`, and resolves with the answer. */
export const talk = (url: string, headers: OutgoingHttpHeaders): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request(url, {
      headers: {
        ...headers,
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    })
    asked.on('error', reject)
    asked.on('response', ({ statusCode }) => reject(new Error(`no upgrade: ${statusCode}`)))
    asked.on('upgrade', (_response, socket: Duplex, head: Buffer) => {
      let heard = head
      socket.on('data', (part: Buffer) => {
        heard = Buffer.concat([heard, part])
        if (heard.length < 2 || heard.length < 2 + heard[1]!) return
        socket.destroy()
        resolve(heard.subarray(2, 2 + heard[1]!).toString())
      })
      // A final text frame, masked with zeros.
      socket.write(Buffer.concat([Buffer.from([0x81, 0x85, 0, 0, 0, 0]), Buffer.from('hello')]))
    })
    asked.end()
  })
