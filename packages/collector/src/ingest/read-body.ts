// read-body.ts: collects a request body, up to a limit.

import type { Readable } from 'node:stream'
import { refuse } from '../refusal.ts'

/**
 * Reads a body.
 * @param limit bytes; beyond them reading stops. @throws a refusal with status 413 then, 400 where the
 * client went away.
 */
export const readBody = async (
  stream: Readable,
  announced: string | undefined,
  limit: number,
): Promise<Buffer> => {
  const tooLarge = () => refuse(413, 'body', 'is too large', limit)
  if (Number(announced) > limit) throw tooLarge()
  const parts: Buffer[] = []
  let size = 0
  return new Promise((done, fail) => {
    stream.on('data', (part: Buffer) => {
      size += part.length
      if (size <= limit) return parts.push(part)
      stream.removeAllListeners('data')
      return fail(tooLarge())
    })
    stream.on('end', () => done(Buffer.concat(parts)))
    stream.on('error', () => fail(refuse(400, 'body', 'was not sent whole')))
    stream.on('close', () => fail(refuse(400, 'body', 'was not sent whole')))
  })
}
