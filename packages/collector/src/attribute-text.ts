// attribute-text.ts: attribute values as short typed text, so that a column of text keeps their types.

import type { AnyValue, KeyValue } from 'lightspan/wire'

/**
 * A value as text: a letter for its type, then the value. s string, i int64, d double, b boolean,
 * e empty, j any other OTLP `AnyValue` as JSON.
 */
export const toText = (value: AnyValue): string =>
  value.stringValue !== undefined
    ? 's' + value.stringValue
    : value.intValue !== undefined
      ? 'i' + String(value.intValue)
      : value.doubleValue !== undefined
        ? 'd' + String(value.doubleValue)
        : value.boolValue !== undefined
          ? 'b' + String(value.boolValue)
          : Object.keys(value).length
            ? 'j' + JSON.stringify(value)
            : 'e'

/** Reads what `toText` wrote. */
const fromText = (text: string): AnyValue => {
  const rest = text.slice(1)
  switch (text[0]) {
    case 's':
      return { stringValue: rest }
    case 'i':
      return { intValue: rest }
    case 'd':
      // OTLP/JSON spells what JSON has no number for
      return { doubleValue: /^-?(NaN|Inf)/.test(rest) ? (rest as 'NaN') : Number(rest) }
    case 'b':
      return { boolValue: rest == 'true' }
    case 'j':
      return JSON.parse(rest) as AnyValue
    default:
      return {}
  }
}

/** Attributes as pairs of name and text. */
export const toPairs = (attributes: readonly KeyValue[]): [string, string][] =>
  attributes.map(({ key, value }) => [key, toText(value)])

export const fromPairs = (pairs: readonly (readonly [string, string])[]): KeyValue[] =>
  pairs.map(([key, text]) => ({ key, value: fromText(text) }))

/** Every text that a person may mean who types `value`, whatever the attribute's type. */
export const textsFor = (value: string): string[] => [
  's' + value,
  ...(/^-?\d+$/.test(value) ? ['i' + value] : []),
  ...(value.trim() != '' && !Number.isNaN(Number(value)) ? ['d' + String(Number(value))] : []),
  ...(/^(true|false)$/.test(value) ? ['b' + value] : []),
]
