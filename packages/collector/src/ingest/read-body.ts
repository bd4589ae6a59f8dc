// read-body.ts: collects a request body, up to a limit.

import type { IncomingMessage } from 'node:http'
import { refuse } from '../refusal.ts'

/**
 * Reads a body.
 * @param limit bytes; beyond them reading stops, or does not begin.
 * @param take is told of every part's bytes before it is kept, and may throw.
 * @throws a refusal: 413 beyond the limit, 400 where the client went away, and what `take` throws.
 */
export const readBody = (
  request: IncomingMessage,
  limit: number,
  take: (bytes: number) => void,
): Promise<Buffer> =>
  new Promise((done, fail) => {
    const tooLarge = () => refuse(413, 'body', 'is too large', limit)
    if (Number(request.headers['content-length']) > limit) return fail(tooLarge())
    const parts: Buffer[] = []
    let size = 0
    const read = (part: Buffer) => {
      size += part.length
      try {
        if (size > limit) throw tooLarge()
        take(part.length)
        parts.push(part)
      } catch (error) {
        request.off('data', read)
        parts.length = 0
        fail(error as Error)
      }
    }
    const cutOff = () => fail(refuse(400, 'body', 'was not sent whole'))
    request.on('data', read).on('end', () => done(Buffer.concat(parts)))
    request.on('error', cutOff).on('close', cutOff)
  })
