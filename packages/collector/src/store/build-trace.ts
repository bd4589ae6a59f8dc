// build-trace.ts: rows of the store as OTLP again, attribute for attribute.

import type {
  KeyValue,
  OtlpEvent,
  OtlpLink,
  OtlpSpan,
  ResourceSpans,
  Scope,
  TracesData,
} from 'lightspan/wire'
import { fromPairs } from '../attribute-text.ts'

type Row = Record<string, unknown>
type Pairs = [string, string][]

interface More {
  events?: OtlpEvent[]
  links?: OtlpLink[]
  droppedAttributesCount?: number
  droppedEventsCount?: number
  droppedLinksCount?: number
}

const hex = (value: unknown, digits: number) => (value as bigint).toString(16).padStart(digits, '0')

const buildSpan = (row: Row): OtlpSpan => {
  const more = (row['more'] ? JSON.parse(row['more'] as string) : {}) as More
  const pairs = (row['attributes'] as { key: string; value: string }[]).map(
    ({ key, value }) => [key, value] as const,
  )
  const message = row['message'] as string
  const traceState = row['trace_state'] as string
  return {
    traceId: hex(row['trace_id'], 32),
    spanId: hex(row['span_id'], 16),
    ...(row['parent_id'] ? { parentSpanId: hex(row['parent_id'], 16) } : {}),
    ...(traceState && { traceState }),
    flags: row['flags'] as number,
    name: row['name'] as string,
    kind: row['kind'] as number,
    startTimeUnixNano: String(row['start_ns']),
    endTimeUnixNano: String(row['end_ns']),
    attributes: fromPairs(pairs),
    events: [],
    links: [],
    status: { code: row['status'] as number, ...(message && { message }) },
    ...more,
  }
}

const withAttributes = <Rest extends object>({
  attributes = [],
  ...rest
}: Rest & { attributes?: Pairs }): Omit<Rest, 'attributes'> & { attributes: KeyValue[] } => ({
  ...rest,
  attributes: fromPairs(attributes),
})

/** Groups rows by resource and scope, in the order in which they come. */
export const buildTrace = (rows: readonly Row[]): TracesData => {
  const resources = new Map<string, ResourceSpans>()
  const scopes = new Map<string, OtlpSpan[]>()
  for (const row of rows) {
    const resourceText = row['resource'] as string
    const scopeText = row['scope'] as string
    const key = JSON.stringify([resourceText, scopeText])
    const known = scopes.get(key)
    if (known) {
      known.push(buildSpan(row))
      continue
    }
    let group = resources.get(resourceText)
    if (!group) {
      const { schemaUrl, ...resource } = JSON.parse(resourceText) as {
        attributes: Pairs
        schemaUrl?: string
      }
      group = {
        resource: withAttributes(resource),
        scopeSpans: [],
        ...(schemaUrl && { schemaUrl }),
      }
      resources.set(resourceText, group)
    }
    const { schemaUrl, ...scope } = JSON.parse(scopeText) as Omit<Scope, 'attributes'> & {
      attributes?: Pairs
      schemaUrl?: string
    }
    const spans = [buildSpan(row)]
    scopes.set(key, spans)
    group.scopeSpans.push({ scope: withAttributes(scope), spans, ...(schemaUrl && { schemaUrl }) })
  }
  return { resourceSpans: [...resources.values()] }
}
