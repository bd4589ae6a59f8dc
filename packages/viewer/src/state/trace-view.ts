// trace-view.ts: everything about a loaded trace that does not change while it is looked at.

import type { Span, Trace } from '../api/model.ts'
import { attributeOf } from '../api/read-attributes.ts'
import { criticalPath, type CriticalPath } from '../layout/critical-path.ts'
import { buildForest, type Forest } from '../layout/tree.ts'

export interface ServicePart {
  name: string
  spans: number
  errors: number
  /** How long the trace waited for this service itself, in ns. */
  waited: number
}

export interface TraceView {
  trace: Trace
  forest: Forest
  path: CriticalPath
  /** In order of appearance. */
  services: ServicePart[]
  errors: number
  sessionId: string | undefined
  /** The span that the trace is called after. */
  root: Span | undefined
}

const partsOf = ({ spans }: Trace, path: CriticalPath) => {
  const parts = new Map<string, ServicePart>()
  for (const { service, status } of spans) {
    const part = parts.get(service) ?? {
      name: service,
      spans: 0,
      errors: 0,
      waited: path.byService.get(service) ?? 0,
    }
    part.spans++
    if (status == 'error') part.errors++
    parts.set(service, part)
  }
  return [...parts.values()]
}

const sessionOf = ({ spans }: Trace) => {
  for (const { attributes, resource } of spans) {
    const id = attributeOf(attributes, 'session.id') ?? attributeOf(resource, 'session.id')
    if (id) return id
  }
  return undefined
}

/** Works out tree, critical path and sums, once per trace. */
export const createTraceView = (trace: Trace): TraceView => {
  const forest = buildForest(trace)
  const path = criticalPath(forest)
  return {
    trace,
    forest,
    path,
    services: partsOf(trace, path),
    errors: trace.spans.filter((it) => it.status == 'error').length,
    sessionId: sessionOf(trace),
    root: (forest.roots.find((it) => it.top == 'root') ?? forest.roots[0])?.span,
  }
}

/** Does any text of the span contain `wanted`, which is lower case? */
export const spanMatches = (span: Span, wanted: string): boolean =>
  [span.name, span.service, span.kind, span.status, span.message, span.id].some((it) =>
    it.toLowerCase().includes(wanted),
  ) ||
  span.attributes.some((it) => `${it.key}=${it.value}`.toLowerCase().includes(wanted)) ||
  span.events.some((it) => it.name.toLowerCase().includes(wanted))
