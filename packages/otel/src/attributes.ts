// attributes.ts: attributes of OpenTelemetry as Lightspan holds them.

import type { Attributes, AttributeValue } from 'lightspan'

type Plain = string | number | boolean

const isPlain = (value: unknown): value is Plain =>
  typeof value == 'string' || typeof value == 'number' || typeof value == 'boolean'

// OTel allows gaps in arrays, and asks for this where a format has none ("Attribute", null values).
const filler = (values: readonly unknown[]): Plain => {
  const known = values.find(isPlain)
  return typeof known == 'number' ? 0 : typeof known == 'boolean' ? false : ''
}

/** One value, copied; undefined where it is none that OpenTelemetry allows. */
export const toValue = (value: unknown): AttributeValue | undefined => {
  if (!Array.isArray(value)) return isPlain(value) ? value : undefined
  const values = value as unknown[]
  return values.every((it) => it == null || isPlain(it))
    ? values.map((it) => (isPlain(it) ? it : filler(values)))
    : undefined
}

/** All of them; what is not allowed is left out. Never throws. */
export const toAttributes = (attributes: unknown): Attributes =>
  Object.fromEntries(
    Object.entries(Object(attributes) as object).flatMap(([name, value]) => {
      const known = toValue(value)
      return known === undefined ? [] : [[name, known]]
    }),
  )
