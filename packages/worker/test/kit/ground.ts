// ground.ts: a site with a page, its workers, an API and a receiver.

import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { readBatch, type ReceivedSpan } from '../../../../test/kit/received.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const bundle = async (name: string) => {
  const { outputFiles } = await build({
    entryPoints: [at(`../page/${name}.ts`)],
    bundle: true,
    write: false,
    format: 'iife',
    alias: {
      lightspan: at('../../../../src/index.ts'),
      'lightspan/core': at('../../../../src/core.ts'),
      '@lightspan/worker': at('../../src/index.ts'),
    },
  })
  return outputFiles[0]!.text
}

/** A site under test. */
export interface Ground {
  origin: string
  requests: { url: string; headers: IncomingHttpHeaders }[]
  /** Waits, 10 s at most, for a span that `wanted` says is the one. */
  find: (wanted: (span: ReceivedSpan) => boolean) => Promise<ReceivedSpan>
  close: () => void
}

/** Starts it. The caller closes it. */
export const startGround = async (): Promise<Ground> => {
  const scripts = Object.fromEntries(
    await Promise.all(
      ['main', 'worker', 'service-worker'].map(
        async (name) => [`/${name}.js`, await bundle(name)] as const,
      ),
    ),
  )
  const spans: ReceivedSpan[] = []
  const requests: Ground['requests'] = []
  const server = createServer((request, response) => {
    const { url = '', headers } = request
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      if (url.startsWith('/v1/')) spans.push(...readBatch(url, headers, Buffer.concat(parts)).spans)
      else if (url.startsWith('/api/')) requests.push({ url, headers })
      const script = scripts[url]
      const type = script ? 'text/javascript' : url == '/' ? 'text/html' : 'application/json'
      response
        .writeHead(200, { 'content-type': type, 'cache-control': 'no-store' })
        .end(script ?? (url == '/' ? '<!doctype html><script src="/main.js"></script>' : '{}'))
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    find: async (wanted) => {
      const deadline = Date.now() + 10_000
      for (;;) {
        const found = spans.find(wanted)
        if (found) return found
        if (Date.now() > deadline)
          throw new Error(
            `not among ${spans.map((it) => `${it.name} of ${String(it.resource['service.name'])}`).join(', ')}`,
          )
        await new Promise((later) => setTimeout(later, 20))
      }
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
