// read-body.ts: a body in memory, within a bound.

/** Why a body is not taken. */
export interface Refusal extends Error {
  /** HTTP status. */
  status: number
}

export const refusal = (status: number, message: string): Refusal =>
  Object.assign(new Error(message), { status })

/** Reads a body. Throws a refusal where it has more than `limit` bytes. */
export const readAll = async (
  stream: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > limit) {
      void reader.cancel().catch(() => {})
      throw refusal(413, `body: is longer than ${limit} bytes`)
    }
    chunks.push(value)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
