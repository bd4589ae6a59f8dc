// filter.ts: what the list is asked for; the page's query string is the query API's own.

export type StatusFilter = '' | 'error' | 'ok' | 'unset'

export interface Filter {
  service: string
  name: string
  /** ms; undefined for any. */
  minDuration: number | undefined
  status: StatusFilter
  /** `key=value`, or `key` alone: present. */
  attributes: string[]
  /** Epoch ms, ISO 8601, or an offset from now such as `-1h`. */
  from: string
  /** The same; empty for now. */
  to: string
  limit: number
}

/** Asks for something else; `replace` takes the place of the last step in the history. */
export type Change = (change: Partial<Filter>, replace?: boolean) => void

export const noFilter: Filter = {
  service: '',
  name: '',
  minDuration: undefined,
  status: '',
  attributes: [],
  from: '-1h',
  to: '',
  limit: 50,
}

/** The most traces that the query API gives at once. */
export const mostTraces = 1000

const isStatus = (text: string | null): text is StatusFilter =>
  text == 'error' || text == 'ok' || text == 'unset'

const positive = (text: string | null) => {
  const value = text ? Number(text) : NaN
  return isFinite(value) && value > 0 ? value : undefined
}

/** Reads a page's query string; what it does not understand is left at its default. Never throws. */
export const parseFilter = (search: string): Filter => {
  const query = new URLSearchParams(search)
  const status = query.get('status')
  const limit = Math.floor(positive(query.get('limit')) ?? noFilter.limit)
  return {
    service: query.get('service') ?? '',
    name: query.get('name') ?? '',
    minDuration: positive(query.get('minDuration')),
    status: isStatus(status) ? status : '',
    attributes: query.getAll('attribute').filter(Boolean),
    from: query.get('from') || noFilter.from,
    to: query.get('to') ?? '',
    limit: Math.min(Math.max(1, limit), mostTraces),
  }
}

/** The query string of a filter, without the question mark; `full` also says what is the default. */
export const filterQuery = (filter: Filter, full = false): string => {
  const query = new URLSearchParams()
  const put = (key: string, value: string | number | undefined, usual: string | number = '') => {
    if (value !== undefined && value !== '' && (full || value !== usual))
      query.append(key, `${value}`)
  }
  put('service', filter.service)
  put('name', filter.name)
  put('minDuration', filter.minDuration)
  put('status', filter.status)
  for (const it of filter.attributes) put('attribute', it)
  put('from', filter.from, noFilter.from)
  put('to', filter.to)
  put('limit', filter.limit, noFilter.limit)
  return query.toString()
}

/** The query string of a filter's time alone, without the question mark. */
export const windowQuery = ({ from, to }: Pick<Filter, 'from' | 'to'>): string =>
  new URLSearchParams({ from, ...(to && { to }) }).toString()

const reaches = { '-1h': 36e5, '-1d': 864e5 }

/**
 * A time range around a trace's origin (ns since the Unix epoch): up to `now` (ms since then) where so much
 * reaches back to it, and else as much on either side of it.
 */
export const around = (
  origin: bigint,
  now: number,
  from: keyof typeof reaches = '-1h',
): Pick<Filter, 'from' | 'to'> => {
  const at = Number(origin / 1_000_000n)
  const reach = reaches[from]
  if (now - at < reach * 0.9) return { from, to: '' }
  return { from: new Date(at - reach).toISOString(), to: new Date(at + reach).toISOString() }
}

/** Does the filter ask for anything besides a time range? */
export const isNarrow = (filter: Filter): boolean =>
  !!filterQuery({ ...filter, from: noFilter.from, to: '', limit: noFilter.limit })
