// graphql.ts: what a GraphQL request asks for: the operation's name and type, on the span of its fetch.

import { attempt } from '../browser/attempt.ts'
import { patch } from '../browser/patch.ts'
import type { Instrumentation } from '../trace/instrumentation.ts'
import type { Attributes } from '../trace/record.ts'

/** A body longer than this is not looked at, in UTF-16 units. */
const longest = 2 ** 16

/** Options of `graphqlOperations`. */
export interface GraphqlOptions {
  /** Where GraphQL is spoken; tested against the path of the URL. Default `/graphql/i`. */
  path?: RegExp
}

const outside = (document: string): string => {
  const less = document.replace(/{[^{}]*}|\([^()]*\)/g, ' ')
  return less == document ? document : outside(less)
}

// The operations of a document: `query Cart($id: ID!) { … }`.
const operationsOf = (document: string) => {
  const plain = document.replace(/"""[^]*?"""|"(?:\\.|[^"\\\n])*"|#.*/g, ' ')
  const top = outside(plain).replace(/\bfragment\s+\w+\s+on\s+\w+/g, ' ')
  const named = [...top.matchAll(/\b(query|mutation|subscription)\b\s*(\w*)/g)]
  const all = named.map(([, type, name]) => ({ type, name }))
  return all[0] || !plain.includes('{') ? all : [{ type: 'query', name: '' }]
}

const operationOf = (body: string): Attributes | undefined => {
  const parsed = JSON.parse(body) as unknown
  const { query, operationName } = Object(parsed) as { query?: unknown; operationName?: unknown }
  const all = typeof query == 'string' ? operationsOf(query) : []
  const { type, name } = all.find((it) => it.name == operationName) || (all[1] ? {} : all[0] || {})
  const called = operationName || name
  return {
    'graphql.operation.name':
      typeof called == 'string' && /^\w{1,100}$/.test(called) ? called : undefined,
    'graphql.operation.type': type,
  }
}

const read = ([input, init]: Parameters<typeof fetch>, path: RegExp) => {
  const { body } = init || {}
  if (typeof body != 'string' || body.length > longest) return
  const url = new URL(input instanceof Request ? input.url : input, document.baseURI)
  path.lastIndex = 0 // a global or sticky expression remembers where it stopped
  return path.test(url.pathname) ? operationOf(body) : undefined
}

/**
 * Adds `graphql.operation.name` and `.type` to the client spans of `fetchSpans`, before which it must not be
 * started. Only a body that is text is looked at; no stream or Request is read, and neither the document nor
 * its variables are recorded. A batch of several operations gets neither.
 */
export const graphqlOperations =
  ({ path = /graphql/i }: GraphqlOptions = {}): Instrumentation =>
  (tracer) => {
    let pending: Attributes | undefined
    const undo = [
      patch(
        globalThis,
        'fetch',
        (original) =>
          function (this: unknown, ...args: Parameters<typeof fetch>) {
            pending = attempt(() => read(args, path))
            try {
              return Reflect.apply(original, this, args) as Promise<Response>
            } finally {
              pending = undefined
            }
          } as typeof fetch,
      ),
      // The first span that the call starts is its own.
      patch(tracer, 'start', (original) => (name, options) => {
        const known = pending
        pending = undefined
        const { kind, attributes } = options || {}
        return known && kind == 3
          ? original(name, { ...options, attributes: { ...attributes, ...known } })
          : original(name, options)
      }),
    ]
    return () => undo.forEach((each) => each())
  }
