// metrics.ts: what the collector tells of itself, in Prometheus text.

import type { BatchNote } from './batch-note.ts'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** What waits for the store, and the room that it has. */
export interface Waiting {
  spans: () => number
  /** bytes */
  used: () => number
  /** bytes */
  room: number
}

/** Values of a label that senders make up; those beyond are one. */
const mostValues = 200

const createLost = (counter: Counter) => {
  const known = { service: new Set<string>(), reason: new Set<string>() }
  const bounded = (label: keyof typeof known, value: string) => {
    const values = known[label]
    if (values.size < mostValues) values.add(value)
    return values.has(value) ? value : 'other'
  }
  return ({ service, drops }: BatchNote) => {
    for (const [reason, count] of Object.entries(drops))
      counter.inc(
        { service: bounded('service', service), reason: bounded('reason', reason) },
        count,
      )
  }
}

/** The collector's metrics; `text` renders them. docs/collector.md lists them. */
export const createMetrics = (waiting: Waiting) => {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })
  const named = (name: string, help: string) => ({
    name: `lightspan_collector_${name}`,
    help,
    registers,
  })
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ ...named(name, help), labelNames })
  const histogram = (name: string, help: string, labelNames: string[] = []) =>
    new Histogram({ ...named(name, help), labelNames, buckets: seconds })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      ...named(name, help),
      collect() {
        this.set(read())
      },
    })
  gauge('waiting_spans', 'Accepted spans that are not in the store yet', waiting.spans)
  gauge('waiting_bytes', 'Memory of what has come and is not in the store yet', waiting.used)
  gauge(
    'waiting_limit_bytes',
    'Memory that may wait before senders are told to',
    () => waiting.room,
  )
  return {
    accepted: counter('accepted_spans_total', 'Spans accepted', ['format']),
    rejected: counter('rejected_spans_total', 'Spans left out of accepted requests', ['format']),
    refused: counter('refused_requests_total', 'Ingest requests refused', ['format', 'status']),
    bytes: counter('received_bytes_total', 'Body bytes of accepted requests', ['format']),
    lost: createLost(
      counter('sender_dropped_spans_total', 'Spans that senders say they lost', [
        'service',
        'reason',
      ]),
    ),
    replayed: counter('replayed_spans_total', 'Spans taken from the log at the start'),
    stored: counter('stored_spans_total', 'Spans written to the store, replacements included'),
    abandoned: counter('abandoned_spans_total', 'Open spans closed since nothing more was heard'),
    storeErrors: counter('store_errors_total', 'Failed writes to the store; they are tried again'),
    aside: counter('set_aside_records_total', 'Log records that could not be stored, and are kept'),
    logSeconds: histogram('log_write_seconds', 'Time to write and sync a group of log records'),
    storeSeconds: histogram('store_write_seconds', 'Time to write a group of spans to the store'),
    querySeconds: histogram('query_seconds', 'Time to answer a query', ['query']),
    type: register.contentType,
    text: () => register.metrics(),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
