// gzip.ts: compression by the platform, where it has one.

/**
 * Compresses text. Asynchronous by nature, so not for a page that is leaving.
 * @returns gzip bytes, or the text itself where the platform has no CompressionStream.
 */
export const gzip = async (text: string): Promise<ArrayBuffer | string> =>
  typeof CompressionStream == 'undefined'
    ? text
    : new Response(
        new Blob([text]).stream().pipeThrough(new CompressionStream('gzip')),
      ).arrayBuffer()
