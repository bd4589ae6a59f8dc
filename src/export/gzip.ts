// gzip.ts: compression by the platform, where it has one.

/**
 * Compresses text. Asynchronous by nature, so not for a page that is leaving.
 * @returns gzip bytes, or the text itself where the platform has no CompressionStream.
 */
export const gzip = async (text: string): Promise<ArrayBuffer | string> => {
  if (typeof CompressionStream == 'undefined') return text
  // written by hand: a Blob's stream costs the page's thread three times as much
  const { readable, writable } = new CompressionStream('gzip')
  const writer = writable.getWriter()
  void writer.write(new TextEncoder().encode(text))
  void writer.close()
  return new Response(readable).arrayBuffer()
}
