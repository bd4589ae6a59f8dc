// Whatever is sent, the answer is the right 4xx in clear words, and the next good request works.

import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { createGzip, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCollector, type TestCollector } from '../../../test/kit/collector.ts'
import { newId, ways } from './some-traces.ts'

const maxBody = 2 ** 20
const maxDecoded = 2 ** 21

let collector: TestCollector
let bomb: Uint8Array<ArrayBuffer>
beforeAll(async () => {
  bomb = new Uint8Array(await makeBomb())
  const args = ['--max-body', String(maxBody), '--max-decoded', String(maxDecoded)]
  collector = await startCollector({ args })
}, 30_000)
afterAll(async () => {
  expect(await collector.stop()).toBe(0)
  expect(collector.complaints()).toBe('')
  await collector.clean()
})

/** 200 MB of zeros, which gzip makes 200 kB of. */
const makeBomb = async () => {
  const gzip = createGzip()
  const parts: Buffer[] = []
  gzip.on('data', (part: Buffer) => parts.push(part))
  const part = Buffer.alloc(2 ** 20)
  for (let n = 0; n < 200; n++) if (!gzip.write(part)) await once(gzip, 'drain')
  gzip.end()
  await once(gzip, 'end')
  return Buffer.concat(parts)
}

interface Told {
  error: { field: string; reason: string; limit?: number }
  code?: number
  message?: string
}

// OTLP protobuf is answered with google.rpc.Status: 1 code, 2 message.
const readStatus = (bytes: Buffer): Told => {
  expect([bytes[0], bytes[2]]).toEqual([0x08, 0x12])
  const long = bytes[3]! > 127
  const message = bytes.subarray(long ? 5 : 4).toString()
  const [field, reason] = [message.split(': ')[0]!, message.replace(/^[^:]*: /, '')]
  return { code: bytes[1]!, message, error: { field, reason } }
}

const read = async (response: Response): Promise<Told> =>
  response.headers.get('content-type') == 'application/x-protobuf'
    ? readStatus(Buffer.from(await response.arrayBuffer()))
    : ((await response.json()) as Told)

/** A good request after all that, which has to work. */
const worksStill = async ({ path, type, body }: (typeof ways)[number]) => {
  const traceId = newId(16)
  const good = await collector.post(path, body(traceId), { 'content-type': type })
  expect(good.status).toBe(200)
  await collector.trace(traceId)
}

describe.each(ways)('$name', (way) => {
  const { path, type, body } = way
  const post = (bytes: BodyInit, headers = {}) =>
    collector.post(path, bytes, { 'content-type': type, ...headers })
  const packed = () => gzipSync(body(newId(16)))

  const bodies: [string, number, () => BodyInit | Promise<BodyInit>, object?][] = [
    ['truncated gzip', 400, () => new Uint8Array(gzipSync(body(newId(16))).subarray(0, 40))],
    ['gzip of one byte', 400, () => new Uint8Array([0x1f, 0x8b])],
    [
      'gzip with a wrong checksum',
      400,
      () => {
        const bytes = packed()
        bytes[bytes.length - 6]! ^= 1
        return new Uint8Array(bytes)
      },
    ],
    ['random bytes', 400, () => new Uint8Array(Buffer.from('ff'.repeat(300), 'hex'))],
    ['text', 400, () => 'hello'],
    [
      'half of a body',
      400,
      () => {
        const whole = body(newId(16))
        return whole.slice(0, (whole.length * 2) / 3)
      },
    ],
    ['a bomb of 200 MB', 413, () => bomb],
    ['a body above the limit', 413, () => new Uint8Array(maxBody + 1)],
    ['a body far above the limit', 413, () => new Uint8Array(20 * maxBody)],
    [
      'more than may be, decompressed',
      413,
      () => new Uint8Array(gzipSync(Buffer.alloc(maxDecoded + 1))),
    ],
    ['another encoding', 415, () => body(newId(16)), { 'content-encoding': 'br' }],
  ]

  test.each(bodies)('%s is refused with %i', async (_, status, make, headers) => {
    const response = await post(await make(), headers)
    expect(response.status).toBe(status)
    const { error, code, message } = await read(response)
    expect(error.reason).toMatch(/^(is|expected|was|has|version)/)
    if (path == '/v1/traces') {
      expect(message).toContain(error.reason.slice(0, 10))
      expect(code).toBe(status == 413 ? 8 : 3)
    }
    if (status == 413 && type != 'application/x-protobuf')
      expect([maxBody, maxDecoded]).toContain(error.limit)
    await worksStill(way)
  })

  test('a body without an end, and of no known size, is refused as soon as it is too large', async () => {
    const to = request(collector.url + path, { method: 'POST', headers: { 'content-type': type } })
    const part = Buffer.alloc(2 ** 16)
    const answered = once(to, 'response') as Promise<[{ statusCode: number }]>
    let open = true
    void answered.then(() => (open = false))
    for (let sent = 0; open && sent < 100 * maxBody; sent += part.length)
      if (!to.write(part)) await Promise.race([once(to, 'drain'), answered])
    const [{ statusCode }] = await answered
    expect(statusCode).toBe(413)
    to.destroy()
    await once(to, 'close')
    await worksStill(way)
  })

  test('a sender that goes away in the middle is forgotten', async () => {
    const { port } = new URL(collector.url)
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: 500\r\n\r\nhalf`,
    )
    socket.destroy()
    await worksStill(way)
    expect((await collector.metrics()).get('lightspan_collector_waiting_bytes')).toBeLessThan(1e6)
  })

  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])('%s is refused with 405', async (method) => {
    const response = await fetch(collector.url + path, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST, OPTIONS')
    await worksStill(way)
  })

  test('an empty body is refused, or is nothing', async () => {
    const response = await post('')
    // an empty protobuf message is a message without anything
    expect(response.status).toBe(type == 'application/x-protobuf' ? 200 : 400)
    const bare = await fetch(collector.url + path, { method: 'POST' })
    expect(bare.status).toBe(path == '/v1/traces' ? 415 : 400)
    await worksStill(way)
  })
})

describe('the content type', () => {
  test.each(['text/plain', 'application/xml', 'x', ''])('%j is refused for OTLP', async (type) => {
    const response = await collector.post('/v1/traces', new Uint8Array(Buffer.from('{}')), {
      ...(type && { 'content-type': type }),
    })
    expect(response.status).toBe(415)
    const { code, message } = (await response.json()) as Told
    expect(code).toBe(3)
    expect(message).toBeTruthy()
  })

  test('may say more than the type', async () => {
    const { path, body } = ways[0]!
    const type = { 'content-type': 'Application/JSON; charset=utf-8' }
    expect((await collector.post(path, body(newId(16)), type)).status).toBe(200)
  })
})

describe('a partial success', () => {
  const [json, protobuf] = ways as [(typeof ways)[0], (typeof ways)[0]]
  const withOneBad = (traceId: string) => {
    const data = JSON.parse(json.body(traceId) as string) as { resourceSpans: object[] }
    const bad = JSON.parse(json.body('0'.repeat(32)) as string) as typeof data
    return JSON.stringify({ resourceSpans: [...data.resourceSpans, ...bad.resourceSpans] })
  }

  test('tells in JSON how many spans were left out, and why', async () => {
    const traceId = newId(16)
    const response = await collector.post(json.path, withOneBad(traceId), {
      'content-type': json.type,
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      partialSuccess: {
        rejectedSpans: '1',
        errorMessage: expect.stringContaining('traceId') as string,
      },
    })
    await collector.trace(traceId)
  })

  test('tells it in protobuf too', async () => {
    const both = [protobuf.body(newId(16)), protobuf.body('0'.repeat(32))] as Uint8Array[]
    const response = await collector.post(protobuf.path, new Uint8Array(Buffer.concat(both)), {
      'content-type': protobuf.type,
    })
    expect(response.status).toBe(200)
    const bytes = Buffer.from(await response.arrayBuffer())
    // 1 partial_success { 1 rejected_spans: 1, 2 error_message }
    expect([bytes[0], bytes[2], bytes[3]! & 127]).toEqual([0x0a, 0x08, 1])
    expect(bytes.toString()).toContain('traceId')
  })
})

describe('other addresses', () => {
  test.each([
    ['POST', '/v1/metrics', 404],
    ['POST', '/', 404],
    ['GET', '/api/nothing', 404],
    ['GET', '/%zz', 400],
    ['POST', '/api/services', 405],
    ['DELETE', '/api/traces/' + 'a'.repeat(32), 405],
    ['PUT', '/healthz', 405],
    ['GET', '/../../etc/passwd.txt', 404],
    ['GET', '/assets/..%2f..%2fcli.js', 404],
  ])('%s %s is answered with %i', async (method, path, status) => {
    const { port } = new URL(collector.url)
    // not by fetch, which tidies addresses up
    const to = request({ port, path, method, host: '127.0.0.1' }).end()
    const [response] = (await once(to, 'response')) as [import('node:http').IncomingMessage]
    let text = ''
    for await (const part of response.setEncoding('utf8')) text += part
    expect(response.statusCode).toBe(status)
    expect((JSON.parse(text) as Told).error.reason).toBeTruthy()
  })
})

test('a bomb costs no memory', async () => {
  const rss = async () => (await collector.metrics()).get('process_resident_memory_bytes')!
  const before = await rss()
  for (const { path, type } of ways)
    for (let n = 0; n < 10; n++) await collector.post(path, bomb, { 'content-type': type })
  expect((await rss()) - before).toBeLessThan(100e6)
})
