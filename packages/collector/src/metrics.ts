// metrics.ts: what the collector tells of itself, in Prometheus text.

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** The collector's metrics; `text` renders them. */
export const createMetrics = (waiting: { rows: () => number; bytes: () => number }) => {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `lightspan_collector_${name}`, help, labelNames, registers })
  const histogram = (name: string, help: string) =>
    new Histogram({ name: `lightspan_collector_${name}`, help, buckets: seconds, registers })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `lightspan_collector_${name}`,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge('store_waiting_spans', 'Accepted spans that are not in the store yet', waiting.rows)
  gauge('log_waiting_bytes', 'Bytes that wait to be written to the log', waiting.bytes)
  return {
    accepted: counter('accepted_spans_total', 'Spans accepted', ['format']),
    refused: counter('refused_requests_total', 'Ingest requests refused', ['format', 'status']),
    bytes: counter('received_bytes_total', 'Body bytes of accepted requests', ['format']),
    lost: counter('sender_dropped_spans_total', 'Spans that senders say they lost'),
    stored: counter('stored_spans_total', 'Spans written to the store, replacements included'),
    storeErrors: counter('store_errors_total', 'Failed writes to the store; they are tried again'),
    logSeconds: histogram('log_write_seconds', 'Time to write and sync a group of log records'),
    storeSeconds: histogram('store_write_seconds', 'Time to write a group of spans to the store'),
    querySeconds: histogram('query_seconds', 'Time to answer a query'),
    type: register.contentType,
    text: () => register.metrics(),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
