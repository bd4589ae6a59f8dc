// memory-store.ts: the query API's answers from traces in memory; docs/query-api.md in small.

import type { KeyValue, OtlpSpan, TracesData } from 'lightspan/wire'
import { parseTime } from '../../src/state/typed.ts'

interface Stored {
  span: OtlpSpan
  service: string
  attributes: Map<string, string>
  /** ms */
  start: number
  /** ms */
  duration: number
}

const text = ({ value }: KeyValue) =>
  `${value.stringValue ?? value.boolValue ?? value.intValue ?? value.doubleValue ?? ''}`

const storedSpans = ({ resourceSpans }: TracesData): Stored[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const inherited = (resource?.attributes ?? []).map((it) => [it.key, text(it)] as const)
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        span,
        service: new Map(inherited).get('service.name') ?? '',
        attributes: new Map([
          ...inherited,
          ...(span.attributes ?? []).map((it) => [it.key, text(it)] as const),
        ]),
        start: Number(BigInt(span.startTimeUnixNano) / 1000n) / 1000,
        duration: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
      })),
    )
  })

const statuses = ['unset', 'ok', 'error']

const matcher = (query: URLSearchParams, now: number) => {
  const is = (key: string, test: (wanted: string) => boolean) => {
    const wanted = query.get(key)
    return !wanted || test(wanted)
  }
  const from = parseTime(query.get('from') ?? '-1h', now) ?? 0
  const to = parseTime(query.get('to') ?? '', now) ?? now
  return ({ span, service, attributes, start, duration }: Stored) =>
    start >= from &&
    start <= to &&
    is('service', (it) => service == it) &&
    is('name', (it) => span.name.toLowerCase().includes(it.toLowerCase())) &&
    is('minDuration', (it) => duration >= Number(it)) &&
    is('status', (it) => statuses[span.status?.code ?? 0] == it) &&
    query.getAll('attribute').every((it) => {
      const [key = '', ...value] = it.split('=')
      return value.length ? attributes.get(key) == value.join('=') : attributes.has(key)
    })
}

/** What the made-up shop says that it has lost. */
const dropped: Record<string, Record<string, number>> = {
  'shop-web': { queue: 1200, refused: 34 },
  'shop-edge': { rejected: 1 },
}

const servicesOf = (spans: Stored[]) => {
  const found = new Map<string, { name: string; spans: number; errors: number; lastSeen: number }>()
  for (const { service, span, start } of spans) {
    const it = found.get(service) ?? { name: service, spans: 0, errors: 0, lastSeen: 0 }
    it.spans++
    if (span.status?.code == 2) it.errors++
    it.lastSeen = Math.max(it.lastSeen, start)
    found.set(service, it)
  }
  return [...found.values()]
}

const summary = (spans: Stored[]) => {
  const sorted = [...spans].sort((a, b) => a.start - b.start)
  const root = sorted.find((it) => !it.span.parentSpanId) ?? sorted[0]
  const start = sorted[0]?.start ?? 0
  return {
    traceId: root?.span.traceId ?? '',
    rootService: root?.service ?? '',
    rootName: root?.span.name ?? '',
    start,
    duration: Math.max(...spans.map((it) => it.start + it.duration)) - start,
    spans: spans.length,
    errors: spans.filter((it) => it.span.status?.code == 2).length,
    open: spans.filter((it) => it.attributes.get('lightspan.open') == 'true').length,
    services: servicesOf(spans).map(({ name, spans, errors }) => ({ name, spans, errors })),
  }
}

export const createMemoryStore = (traces: TracesData[]) => {
  const all = traces.map((data) => ({ data, spans: storedSpans(data) }))
  const byId = new Map(all.map((it) => [it.spans[0]?.span.traceId, it.data]))
  return {
    services: (query: URLSearchParams, now: number) => ({
      services: servicesOf(all.flatMap((it) => it.spans).filter(matcher(query, now))).map((it) => ({
        ...it,
        dropped: dropped[it.name] ?? {},
      })),
    }),
    trace: (id: string) => byId.get(id),
    traces: (query: URLSearchParams, now: number) => {
      const matches = matcher(query, now)
      const limit = Number(query.get('limit') ?? 50)
      const found = all
        .filter((it) => it.spans.some(matches))
        .map((it) => summary(it.spans))
        .sort((a, b) => b.start - a.start)
      return { traces: found.slice(0, limit), truncated: found.length > limit }
    },
  }
}
