// answer.ts: what a receiver says to a batch.

/** A receiver's answer to a batch. */
export interface Answer {
  taken: boolean
  /** It was not taken, and may be sent again. */
  retry?: boolean
  /** It was not taken, for it is too large. */
  large?: boolean | undefined
  /** The pause before that which the receiver asks for, in ms; NaN where it asks for none. */
  after?: number | undefined
  /** Spans of the batch that it did not want (OTLP partial success). */
  rejected?: number | undefined
  /** Its wall clock as it answered, in ms since the Unix epoch. */
  now?: number | undefined
  /** The share of new traces that it wants recorded from now on, 0..1. */
  sample?: number | undefined
}

interface Said {
  partialSuccess?: { rejectedSpans?: number | string } | null
  now?: number
  sample?: number
}

/** Whether a receiver took a batch. A page for people, where a redirect has led, a login or a portal, is none. */
export const tookIt = ({ ok, headers }: Response): boolean =>
  ok && !/html/.test(headers.get('content-type')!)

/**
 * 429, 502, 503 and 504 may be tried again (OTLP/HTTP, "Retryable Response Codes"), after `Retry-After`
 * where it is said, in seconds or as a date; any other failure may not.
 */
export const readAnswer = async (response: Response): Promise<Answer> => {
  const { status, headers } = response
  const after = headers.get('retry-after')!
  // An answer without JSON says nothing besides.
  const said = (await response.json().catch(() => ({}))) as Said
  return {
    ...said,
    taken: tookIt(response),
    retry: /429|50[234]/.test(status as never),
    large: status == 413,
    after: +after * 1e3 || Date.parse(after) - Date.now(),
    rejected: +(said?.partialSuccess?.rejectedSpans || 0),
  }
}
