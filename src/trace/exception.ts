// exception.ts: an error as OpenTelemetry's exception attributes.

import type { Attributes } from './record.ts'

/** The longest stack and message that travel, in UTF-16 units. */
const longest = 4096

const clip = (value: unknown) =>
  value === undefined ? value : `${value as string}`.slice(0, longest)

/**
 * Describes whatever was thrown (OTel `exception.*`). Never throws: a hostile getter or a value that
 * cannot become text is described by its type alone.
 */
export const exceptionAttributes = (thrown: unknown): Attributes & { 'exception.type': string } => {
  try {
    const { name, message, stack } = Object(thrown) as Partial<Error>
    return typeof message == 'string'
      ? {
          'exception.type': clip(name) || 'Error',
          'exception.message': clip(message),
          'exception.stacktrace': clip(stack),
        }
      : { 'exception.type': typeof thrown, 'exception.message': clip(String(thrown)) }
  } catch {
    return { 'exception.type': typeof thrown }
  }
}
