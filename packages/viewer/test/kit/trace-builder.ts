// trace-builder.ts: OTLP traces for tests, told in ms from the trace's start.

import type { KeyValue, OtlpEvent, OtlpSpan, TracesData } from 'lightspan/wire'
import type { Chance } from './random.ts'

export type Plain = Record<string, string | number | boolean | string[]>

export interface Said {
  service: string
  name: string
  kind?: 'internal' | 'server' | 'client'
  /** ms since the trace's start */
  at: number
  /** ms */
  for: number
  parent?: string | undefined
  id?: string
  attributes?: Plain
  error?: string | true
  events?: { name: string; at: number; attributes?: Plain }[]
  links?: { traceId: string; spanId: string; attributes?: Plain }[]
}

const kinds = { internal: 1, server: 2, client: 3 }

const keyValues = (plain: Plain = {}): KeyValue[] =>
  Object.entries(plain).map(([key, value]) => ({
    key,
    value:
      typeof value == 'string'
        ? { stringValue: value }
        : typeof value == 'boolean'
          ? { boolValue: value }
          : typeof value != 'number'
            ? { arrayValue: { values: value.map((it) => ({ stringValue: it })) } }
            : Number.isInteger(value)
              ? { intValue: `${value}` }
              : { doubleValue: value },
  }))

const resources: Record<string, Plain> = {
  'shop-web': {
    'service.version': '2.14.0',
    'deployment.environment.name': 'production',
    'telemetry.sdk.name': 'lightspan',
    'telemetry.sdk.language': 'webjs',
    'browser.language': 'de-DE',
    'user_agent.original':
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  },
  'shop-edge': {
    'service.version': '2.14.0',
    'cloud.region': 'eu-central',
    'telemetry.sdk.name': 'lightspan',
  },
}
const backend: Plain = {
  'service.version': '1.9.3',
  'telemetry.sdk.name': 'opentelemetry',
  'telemetry.sdk.language': 'nodejs',
  'host.name': 'vm-17',
  'process.runtime.version': '20.20.2',
}

export interface TraceBuilder {
  traceId: string
  /** Adds a span; returns its id. */
  span: (said: Said) => string
  data: () => TracesData
}

/** Starts a trace at `start`, in ms since the Unix epoch. */
export const buildTrace = (
  chance: Chance,
  start: number,
  traceId = chance.hex(32),
): TraceBuilder => {
  const spans = new Map<string, OtlpSpan[]>()
  const nanos = (ms: number) =>
    `${BigInt(Math.round(start)) * 1_000_000n + BigInt(Math.round(ms * 1e6))}`
  const event = (it: NonNullable<Said['events']>[number]): OtlpEvent => ({
    name: it.name,
    timeUnixNano: nanos(it.at),
    attributes: keyValues(it.attributes),
  })
  return {
    traceId,
    span: (said) => {
      const spanId = said.id ?? chance.hex(16)
      const span: OtlpSpan = {
        traceId,
        spanId,
        ...(said.parent && { parentSpanId: said.parent }),
        flags: said.kind == 'server' && said.parent ? 0x301 : 0x101,
        name: said.name,
        kind: kinds[said.kind ?? 'internal'],
        startTimeUnixNano: nanos(said.at),
        endTimeUnixNano: nanos(said.at + said.for),
        attributes: keyValues(said.attributes),
        events: (said.events ?? []).map(event),
        links: (said.links ?? []).map((it) => ({ ...it, attributes: keyValues(it.attributes) })),
        status: said.error ? { code: 2, ...(said.error !== true && { message: said.error }) } : {},
      }
      spans.set(said.service, [...(spans.get(said.service) ?? []), span])
      return spanId
    },
    data: () => ({
      resourceSpans: [...spans].map(([service, list]) => ({
        resource: {
          attributes: keyValues({ 'service.name': service, ...(resources[service] ?? backend) }),
        },
        scopeSpans: [
          {
            scope: {
              name: service.startsWith('shop')
                ? 'lightspan'
                : '@opentelemetry/instrumentation-http',
              version: '0.223.0',
            },
            spans: list,
          },
        ],
      })),
    }),
  }
}
