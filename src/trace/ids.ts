// ids.ts: random trace and span ids as lowercase hex (W3C Trace Context Level 2: all bits random).

/** Draws `bytes` random bytes as hex. */
export type RandomHex = (bytes: number) => string

/** Cryptographic randomness of the platform. Not to be called while a worker's module loads. */
export const randomHex: RandomHex = (bytes) => {
  let hex = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(bytes)))
    hex += (byte + 256).toString(16).slice(1)
  return hex
}
