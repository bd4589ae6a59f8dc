// read-extra.ts: what OTLP can say and a Lightspan span cannot, put back onto a decoded batch.

import { anyValue, broken, list, object, text, whole, type CompactLimits } from './check-compact.ts'
import type { KeyValue, OtlpEvent, OtlpLink, OtlpSpan, ResourceSpans, Scope } from './otlp.ts'

type Read = (value: unknown, limits: CompactLimits) => unknown

const small: Read = (value) => whole(value, 'l', 0, 0xffff_ffff)
const words: Read = (value) => text(value, 'l')
const moment: Read = (value) => {
  if (!/^\d{1,20}$/.test(text(value, 'l')) || BigInt(value as string) >= 2n ** 64n)
    throw broken('l', 'expected a 64-bit time')
  return value
}
const pairs: Read = (value, { depth }): KeyValue[] =>
  anyValue({ m: value }, 'l', depth).kvlistValue!.values!

const count = { droppedAttributesCount: small }
const members: Record<string, Record<string, Read>> = {
  resource: count,
  resourceSpans: { schemaUrl: words },
  scope: { ...count, attributes: pairs },
  scopeSpans: { schemaUrl: words },
  spans: {
    ...count,
    flags: small,
    startTimeUnixNano: moment,
    endTimeUnixNano: moment,
    droppedEventsCount: small,
    droppedLinksCount: small,
  },
  events: { ...count, timeUnixNano: moment },
  links: { ...count, flags: small, traceState: words },
}

const put = (kind: string, onto: object, said: unknown, limits: CompactLimits): void => {
  for (const [name, value] of Object.entries(object(said, 'l'))) {
    const read = members[kind]![name]
    if (!read) throw broken('l', `does not know ${JSON.stringify(name)} of ${kind}`)
    Object.assign(onto, { [name]: read(value, limits) })
  }
}

/** A decoded batch before its extra. */
export type DecodedGroup = ResourceSpans & {
  resource: object
  scopeSpans: [{ scope: Scope; spans: (OtlpSpan & { events: OtlpEvent[]; links: OtlpLink[] })[] }]
}

/** Puts member `l` of a batch onto what was read of the rest. */
export const readExtra = (
  extra: unknown,
  group: DecodedGroup,
  limits: CompactLimits,
): DecodedGroup => {
  if (extra === undefined) return group
  const [scopeSpans] = group.scopeSpans
  const single: Record<string, object> = {
    resource: group.resource,
    resourceSpans: group,
    scope: scopeSpans.scope,
    scopeSpans,
  }
  const many: Record<string, object[]> = {
    spans: scopeSpans.spans,
    events: scopeSpans.spans.flatMap(({ events }) => events),
    links: scopeSpans.spans.flatMap(({ links }) => links),
  }
  for (const [kind, said] of Object.entries(object(extra, 'l'))) {
    const onto = single[kind]
    if (onto) put(kind, onto, said, limits)
    const all = many[kind]
    if (!onto && !all) throw broken('l', `does not know ${JSON.stringify(kind)}`)
    for (const row of all ? list(said, 'l', limits.entries) : []) {
      const [at, what] = list(row, 'l', 2)
      put(kind, all![whole(at, 'l', 0, all!.length - 1)]!, what, limits)
    }
  }
  return group
}
