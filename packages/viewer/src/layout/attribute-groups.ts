// attribute-groups.ts: attributes under the headings of the semantic conventions.

import type { Attribute } from '../api/model.ts'

const headings: [title: string, prefixes: string[]][] = [
  ['Lightspan', ['lightspan']],
  ['HTTP', ['http', 'url']],
  ['Client', ['browser', 'user_agent', 'session', 'user', 'enduser', 'client', 'geo']],
  ['Network', ['server', 'network', 'net', 'tls', 'dns', 'peer']],
  ['Database', ['db']],
  ['RPC & messaging', ['rpc', 'messaging', 'graphql', 'faas']],
  ['Error', ['error', 'exception']],
  ['Code', ['code', 'thread', 'process', 'event']],
  ['Service', ['service', 'deployment', 'telemetry', 'cloud', 'host', 'os', 'k8s', 'container']],
]

export interface AttributeGroup {
  title: string
  attributes: Attribute[]
}

const titleOf = (key: string) => {
  const first = key.split('.', 1)[0] ?? ''
  return headings.find(([, prefixes]) => prefixes.includes(first))?.[0] ?? 'Other'
}

/** Groups by the first word of the key, keys sorted; keeps what matches `query` in key or value. */
export const groupAttributes = (
  attributes: readonly Attribute[],
  query: string,
): AttributeGroup[] => {
  const wanted = query.trim().toLowerCase()
  const found = new Map<string, Attribute[]>([...headings, ['Other']].map(([title]) => [title, []]))
  for (const it of attributes)
    if (!wanted || `${it.key}=${it.value}`.toLowerCase().includes(wanted))
      found.get(titleOf(it.key))?.push(it)
  return [...found]
    .filter(([, list]) => list.length)
    .map(([title, list]) => ({
      title,
      attributes: list.sort((a, b) => (a.key < b.key ? -1 : 1)),
    }))
}
