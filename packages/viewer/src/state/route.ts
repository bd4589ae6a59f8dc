// route.ts: which page an address means.

import { filterQuery, parseFilter, type Filter } from './filter.ts'

export type Route =
  | { page: 'list'; filter: Filter }
  | { page: 'trace'; traceId: string; spanId: string | undefined }
  | { page: 'nowhere'; path: string }

const decode = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Reads an address. Never throws. */
export const parseRoute = ({ pathname, search }: { pathname: string; search: string }): Route => {
  if (pathname == '/' || pathname == '/index.html')
    return { page: 'list', filter: parseFilter(search) }
  const [, traceId] = /^\/trace\/([^/]+)\/?$/.exec(pathname) ?? []
  if (!traceId) return { page: 'nowhere', path: pathname }
  const spanId = new URLSearchParams(search).get('span')?.toLowerCase()
  return { page: 'trace', traceId: decode(traceId).toLowerCase(), spanId: spanId || undefined }
}

/** The address of the list with this filter. */
export const listHref = (filter: Filter): string => {
  const query = filterQuery(filter)
  return '/' + (query && '?' + query)
}

/** The address of a trace, or of one span in it. */
export const traceHref = (traceId: string, spanId?: string): string =>
  '/trace/' + encodeURIComponent(traceId) + (spanId ? '?span=' + encodeURIComponent(spanId) : '')
