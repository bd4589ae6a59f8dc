// list-page.tsx: the list of traces, or what there is to say instead.

import type { App } from '../../state/app.ts'
import { isNarrow, noFilter } from '../../state/filter.ts'
import { listHref } from '../../state/route.ts'
import { failureTitle, Notice, Skeleton } from '../notice.tsx'
import { Chart } from './chart.tsx'
import { FilterBar } from './filter-bar.tsx'
import { FirstSpan } from './first-span.tsx'
import { LossesLine } from './losses.tsx'
import { TraceTable } from './trace-table.tsx'

const Failed = ({ app }: { app: App }) => {
  const state = app.list.state.value
  if (state.kind != 'failed') return null
  const refused = state.status == 400
  return (
    <Notice tone="error" title={refused ? 'The filter was refused' : failureTitle(state.status)}>
      <p>
        {state.field && <code>{state.field}</code>} {state.because}
      </p>
      {refused ? (
        <a class="button" href="/">
          Clear the filter
        </a>
      ) : (
        <>
          {!state.status && (
            <p>
              This page asks <code>{app.origin}/api/traces</code>. Is the collector still running?
            </p>
          )}
          <button class="button" type="button" onClick={app.list.refresh}>
            Try again
          </button>
        </>
      )}
    </Notice>
  )
}

const Empty = ({ app }: { app: App }) => {
  const filter = app.list.filter.value
  if (!isNarrow(filter) && app.isEmpty.value) return <FirstSpan app={app} />
  return (
    <Notice tone="calm" title={isNarrow(filter) ? 'No trace matches' : 'No traces in this time'}>
      <p>Nothing was found in the chosen time range.</p>
      <p class="actions">
        {isNarrow(filter) && (
          <a class="button" href={listHref({ ...noFilter, from: filter.from, to: filter.to })}>
            Clear the filter
          </a>
        )}
        <a class="button" href={listHref({ ...filter, from: '-1d', to: '' })}>
          Look at the last 24 hours
        </a>
      </p>
      <LossesLine app={app} />
    </Notice>
  )
}

const Body = ({ app }: { app: App }) => {
  const state = app.list.state.value
  if (state.kind == 'waiting') return <Skeleton lines={14} />
  if (state.kind == 'failed') return <Failed app={app} />
  if (!state.value.traces.length) return <Empty app={app} />
  return (
    <>
      <Chart app={app} />
      <TraceTable app={app} />
    </>
  )
}

export const ListPage = ({ app }: { app: App }) => (
  <main class="page list-page">
    <FilterBar app={app} />
    <Body app={app} />
  </main>
)
