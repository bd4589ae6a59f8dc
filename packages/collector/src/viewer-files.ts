// viewer-files.ts: serves the built viewer; every path that is no file is one of its pages.

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import staticFiles from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'

const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"

/** The built viewer in memory, or undefined where it is not part of this build. */
const readPages = async (folder: string) => {
  if (!existsSync(join(folder, 'index.html'))) return
  const [page, licences] = await Promise.all([
    readFile(join(folder, 'index.html')),
    readFile(join(folder, 'licenses.txt')),
  ])
  return { page, licences }
}

/** Adds the viewer from `folder`. Gives the page for every address that is nothing else. */
export const addViewer = async (app: FastifyInstance, folder: string) => {
  const pages = await readPages(folder)
  if (!pages) return
  await app.register(staticFiles, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    // names carry a hash of what they hold
    immutable: true,
    maxAge: '1y',
  })
  app.get('/licenses.txt', (_, reply) => reply.type('text/plain').send(pages.licences))
  return (reply: FastifyReply) =>
    reply
      .type('text/html; charset=utf-8')
      .headers({ 'content-security-policy': policy, 'cache-control': 'no-cache' })
      .send(pages.page)
}
