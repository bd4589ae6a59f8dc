// from-otlp.ts: OTLP as compact batches; for whoever relays or stores, not for pages.

import type { Attributes, SpanKind, SpanRecord, StatusCode } from '../trace/record.ts'
import { encodeCompact, inOrder } from './compact.ts'
import type { AnyValue, KeyValue, OtlpSpan, ResourceSpans, ScopeSpans, TracesData } from './otlp.ts'

/** ns that a double of ms still tells apart. */
const near = 2n ** 50n

const pairs = (of: readonly KeyValue[] = []) => of.flatMap(({ key, value }) => [key, tag(value)])

// As the table of a compact batch holds it, see docs/wire.md, "Values".
const tag = (value: AnyValue): unknown => {
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } =
    value
  if (intValue !== undefined)
    return Number.isSafeInteger(+intValue) ? +intValue : { i: `${intValue}` }
  if (doubleValue !== undefined) {
    const number = +doubleValue
    // What a reader would take for an integer, or JSON has no number for, is tagged.
    return Number.isFinite(number) && !Number.isSafeInteger(number)
      ? number
      : { d: Object.is(number, -0) ? '-0' : `${number}` }
  }
  if (arrayValue) return (arrayValue.values ?? []).map(tag)
  if (kvlistValue) return { m: pairs(kvlistValue.values) }
  if (bytesValue !== undefined) return { b: bytesValue }
  return stringValue ?? boolValue ?? null
}

const attributes = (of: readonly KeyValue[] = []) =>
  Object.fromEntries(of.map(({ key, value }) => [key, tag(value)])) as Attributes

const filled = (of: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined))

interface Translated {
  record: SpanRecord
  extra: object
  events: object[]
  links: object[]
}

const translate = (span: OtlpSpan, origin: bigint): Translated => {
  const start = BigInt(span.startTimeUnixNano)
  const end = BigInt(span.endTimeUnixNano)
  const far = (time: bigint, from: bigint) => time - from > near || from - time > near
  const lost = far(start, origin)
  const endLost = lost || far(end, start)
  const from = lost ? origin : start
  const millis = (time: bigint) => Number(time) / 1e6
  const remote = !!((span.flags ?? 0x103) & 0x200)
  const flags = span.flags ?? 0x103
  const moments = (span.events ?? []).map(({ timeUnixNano }) => BigInt(timeUnixNano))
  return {
    record: {
      traceId: span.traceId,
      spanId: span.spanId,
      parentId: span.parentSpanId,
      remote,
      traceState: span.traceState,
      name: span.name,
      kind: (span.kind ?? 0) as SpanKind,
      start: millis(from - origin),
      duration: endLost ? 0 : millis(end - start),
      attributes: attributes(span.attributes),
      events: (span.events ?? []).map(({ name, attributes: of }, at) => ({
        name,
        time: millis((far(moments[at]!, from) ? from : moments[at]!) - origin),
        attributes: attributes(of),
      })),
      links: (span.links ?? []).map(({ traceId, spanId, attributes: of }) => ({
        traceId,
        spanId,
        attributes: attributes(of),
      })),
      status: (span.status?.code ?? 0) as StatusCode,
      message: span.status?.message,
    },
    extra: filled({
      flags: flags == (remote ? 0x303 : 0x103) ? undefined : flags,
      startTimeUnixNano: lost ? span.startTimeUnixNano : undefined,
      endTimeUnixNano: endLost ? span.endTimeUnixNano : undefined,
      droppedAttributesCount: span.droppedAttributesCount,
      droppedEventsCount: span.droppedEventsCount,
      droppedLinksCount: span.droppedLinksCount,
    }),
    events: (span.events ?? []).map(({ timeUnixNano, droppedAttributesCount }, at) =>
      filled({
        timeUnixNano: far(moments[at]!, from) ? timeUnixNano : undefined,
        droppedAttributesCount,
      }),
    ),
    links: (span.links ?? []).map(({ traceState, flags, droppedAttributesCount }) =>
      filled({ traceState, flags, droppedAttributesCount }),
    ),
  }
}

const numbered = (all: readonly object[]) => {
  const rows = all.flatMap((it, at) => (Object.keys(it).length ? [[at, it]] : []))
  return rows.length ? rows : undefined
}

const encodeScope = (group: ResourceSpans, { scope, spans, schemaUrl }: ScopeSpans): string => {
  const first = spans.map((span) => BigInt(span.startTimeUnixNano)).find((it) => it > 0n) ?? 0n
  const millis = first < 9_000_000_000_000_000_000n ? first / 1_000_000n : 0n
  const all = spans.map((span) => translate(span, millis * 1_000_000n))
  const records = all.map(({ record }) => record)
  const order = new Map(all.map((it) => [it.record, it]))
  const sorted = inOrder(records).map((record) => order.get(record)!)
  const extra = filled({
    resource: numbered([
      filled({ droppedAttributesCount: group.resource?.droppedAttributesCount }),
    ])?.[0]?.[1],
    resourceSpans: group.schemaUrl ? { schemaUrl: group.schemaUrl } : undefined,
    scope: numbered([
      filled({
        attributes: scope?.attributes && pairs(scope.attributes),
        droppedAttributesCount: scope?.droppedAttributesCount,
      }),
    ])?.[0]?.[1],
    scopeSpans: schemaUrl ? { schemaUrl } : undefined,
    spans: numbered(sorted.map(({ extra }) => extra)),
    events: numbered(sorted.flatMap(({ events }) => events)),
    links: numbered(sorted.flatMap(({ links }) => links)),
  })
  return encodeCompact(
    {
      resource: attributes(group.resource?.attributes),
      scope: { name: scope?.name ?? '', version: scope?.version ?? '' },
      origin: Number(millis),
      sent: 0,
      spans: records,
    },
    1e6,
    Object.keys(extra).length ? { l: extra } : undefined,
    // they are already
    (value) => value,
  )
}

/**
 * Encodes OTLP in the compact format, without loss: one batch for each scope of each resource.
 * Spans of a batch are put in the order of their starts.
 * @throws where a 64-bit number is none.
 */
export const compactFromOtlp = ({ resourceSpans }: TracesData): string[] =>
  resourceSpans.flatMap((group) => group.scopeSpans.map((it) => encodeScope(group, it)))
