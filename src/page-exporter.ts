// page-exporter.ts: what a page's batches are made of, and how they leave it.

import { attempt } from './browser/attempt.ts'
import type { Exporter } from './export/exporter.ts'
import { createTransport, type Transport } from './export/transport.ts'
import type { BaseOptions } from './options.ts'
import type { Parts } from './parts.ts'
import type { Clock } from './trace/clock.ts'
import { sharedSlot } from './trace/context.ts'
import type { Attributes } from './trace/record.ts'
import { version } from './version.ts'
import { encodeCompact } from './wire/compact.ts'
import type { Ids } from './wire/ids.ts'

/** What page and exporter share. */
export interface PageParts {
  clock: Clock
  /** A time of now, in ms since the Unix epoch. */
  at: (time: number) => number
  ids: Ids | undefined
  /** Attributes of the resource that are known only as a batch leaves. */
  late: () => Attributes | undefined
  parts: Parts & Required<Pick<Parts, 'delivery'>>
}

/** An exporter, and what its receiver has asked for. */
export interface PageExporter extends Exporter {
  /** How batches leave. Whatever is put in place of its methods is used from then on. */
  transport: Transport
}

const describe = ({ service, environment, version: serviceVersion, attributes }: BaseOptions) => ({
  'service.name': service || 'unknown_service',
  'service.version': serviceVersion,
  'deployment.environment.name': environment,
  'telemetry.sdk.name': 'lightspan',
  'telemetry.sdk.language': 'webjs',
  'telemetry.sdk.version': version,
  'user_agent.original': navigator.userAgent,
  'browser.language': navigator.language,
  ...attributes,
})

/** Builds the exporter of a page. */
export const createPageExporter = (
  options: BaseOptions,
  { clock: { origin, now }, ids, late, parts, at }: PageParts,
): PageExporter => {
  const { key, headers, encode = encodeCompact, compress } = options
  const own = encode == encodeCompact
  let { url = '/v1/spans' } = options
  if (key && !own) url += `${url.includes('?') ? '&' : '?'}key=${encodeURIComponent(key)}`
  let resource: Attributes | undefined
  // Before the first batch, not as the page starts.
  const prepare = () => {
    // Another Lightspan of this page, which may have patched what we send by, lets these through.
    attempt(() => ((sharedSlot().ingest ||= {})[new URL(url, document.baseURI).href] = true))
    return (resource = describe(options))
  }
  const transport = createTransport({
    url,
    type: own ? 'text/plain' : 'application/json',
    own,
    headers,
    read: parts.delivery[1],
  })
  const exporter = parts.delivery[0]({
    compress,
    copies: parts.copies,
    transport,
    encode: (spans, dropped, number, offset) =>
      encode({
        resource: { ...(resource || prepare()), ...late(), ...offset },
        scope: { name: 'lightspan', version },
        origin,
        sent: at(now()) - origin,
        wall: Date.now(),
        key,
        ids,
        number,
        dropped,
        spans,
      }),
    at,
  })
  return { ...exporter, transport }
}
