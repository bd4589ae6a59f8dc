// tracestate.ts: reads what other tracing systems say beside `traceparent`, and passes on only what is valid.

// W3C Trace Context Level 2, 3.3.1.3: a key, "=", a value that does not end in a space.
const member =
  /^[a-z\d][a-z\d_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/** Members that a list may have. */
const most = 32

/**
 * Reads a `tracestate`, several fields of it joined by commas included.
 * @returns its members in their order, without the empty ones; undefined where the list is empty or has
 * one invalid member or more than 32: then it is dropped whole, and `traceparent` stays as it is.
 */
export const parseTracestate = (header: string | null | undefined): string | undefined => {
  const members = (header || '')
    .split(',')
    .map((each) => each.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((each) => each)
  return members.length <= most && members.every((each) => member.test(each))
    ? members.join(',') || undefined
    : undefined
}
