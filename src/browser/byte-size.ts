// byte-size.ts: how many bytes a body or a message is, without a copy of it.

// In UTF-8; half a surrogate pair alone travels as U+FFFD.
const textSize = (text: string) => {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x7f) bytes += code > 0x7ff ? 2 : 1
    if (code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) == 0xdc00) at++
  }
  return bytes
}

/** Bytes of a text, Blob, buffer or view of one; undefined where that cannot be told without reading. */
export const byteSize = (data: unknown): number | undefined =>
  typeof data == 'string'
    ? textSize(data)
    : data instanceof Blob
      ? data.size
      : data instanceof ArrayBuffer || ArrayBuffer.isView(data)
        ? data.byteLength
        : undefined
