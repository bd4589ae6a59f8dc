// exception.ts: an error as OpenTelemetry's exception attributes.

import type { Attributes } from './record.ts'

/** The longest stack and message that travel, in UTF-16 units. */
const longest = 4096

/** How much of one is read for URLs: the page must not wait for a message of megabytes. */
const read = 8 * longest

/** How far a chain of causes is followed. */
const deepest = 4

// A URL in a message or a stack may carry credentials, and what its query and fragment hold, up to the place in the
// script, which engines put behind it (`:4:150`).
const clip = (value: unknown) =>
  value === undefined
    ? value
    : `${value as string}`
        .slice(0, read)
        .replace(/(\w:\/\/)[^\s/?#]*@/g, '$1')
        .replace(/(\w:\/\/[^\s?#]*)[?#]\S*?(?=(:\d+){0,2}\)?(\s|$))/g, '$1?REDACTED')
        .slice(0, longest)

// Each cause below its effect, in the words of Java, which OTel's conventions took them from.
const stackOf = (error: Partial<Error>, depth = 0): string | undefined => {
  const { stack, cause } = error
  return cause instanceof Error && depth < deepest
    ? `${stack || ''}\nCaused by: ${cause.name}: ${cause.message}\n${stackOf(cause, depth + 1) || ''}`
    : stack
}

/**
 * Describes whatever was thrown (OTel `exception.*`). Never throws: a hostile getter or a value that
 * cannot become text is described by its type alone.
 */
export const exceptionAttributes = (thrown: unknown): Attributes & { 'exception.type': string } => {
  try {
    const { name, message } = Object(thrown) as Partial<Error>
    return typeof message == 'string'
      ? {
          'exception.type': clip(name) || 'Error',
          'exception.message': clip(message),
          'exception.stacktrace': clip(stackOf(thrown as Error)),
        }
      : { 'exception.type': typeof thrown, 'exception.message': clip(String(thrown)) }
  } catch {
    return { 'exception.type': typeof thrown }
  }
}
