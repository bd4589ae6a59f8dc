// client.ts: the collector's query API (docs/query-api.md), each failure told in words.

import type { ServiceSummary, Trace, TraceList } from './model.ts'
import { readTrace, type TraceAnswer } from './read-trace.ts'

/** What came of a question: an answer, or why there is none. */
export type Answer<T> =
  { kind: 'ok'; value: T } | { kind: 'failed'; because: string; status: number; field?: string }

export interface Api {
  /** `query` is the query string of `GET /api/services`, without the question mark. */
  services: (query: string) => Promise<Answer<ServiceSummary[]>>
  /** `query` is the query string of `GET /api/traces`, without the question mark. */
  traces: (query: string, signal?: AbortSignal) => Promise<Answer<TraceList>>
  trace: (id: string, signal?: AbortSignal) => Promise<Answer<Trace>>
}

const because = async (response: Response) => {
  const body: unknown = await response.json().catch(() => null)
  const error = (body as { error?: unknown } | null)?.error
  const { field, reason } = (typeof error == 'object' && error ? error : {}) as {
    field?: string
    reason?: string
  }
  const said = typeof error == 'string' ? error : reason
  return {
    because: said || `The collector answered ${response.status} ${response.statusText}`.trim(),
    ...(field && { field }),
  }
}

/** Builds the client. Its functions never reject: what went wrong is in the answer. */
export const createApi = (fetch: typeof globalThis.fetch): Api => {
  const ask = async <T>(path: string, signal?: AbortSignal): Promise<Answer<T>> => {
    try {
      const headers = { accept: 'application/json' }
      const response = await fetch(path, { headers, ...(signal && { signal }) })
      if (!response.ok)
        return { kind: 'failed', status: response.status, ...(await because(response)) }
      return { kind: 'ok', value: (await response.json()) as T }
    } catch (error) {
      const malformed = error instanceof SyntaxError
      return {
        kind: 'failed',
        status: 0,
        because: malformed ? 'The answer was not JSON.' : 'The collector does not answer.',
      }
    }
  }
  const map = <A, B>(answer: Answer<A>, to: (value: A) => B): Answer<B> =>
    answer.kind == 'ok' ? { kind: 'ok', value: to(answer.value) } : answer

  return {
    services: async (query) =>
      map(await ask<{ services: ServiceSummary[] }>('/api/services?' + query), (it) => it.services),
    traces: (query, signal) => ask('/api/traces' + (query && '?' + query), signal),
    trace: async (id, signal) =>
      map(await ask<TraceAnswer>('/api/traces/' + encodeURIComponent(id), signal), (it) =>
        readTrace(id, it),
      ),
  }
}
