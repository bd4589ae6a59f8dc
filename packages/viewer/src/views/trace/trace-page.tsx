// trace-page.tsx: one trace, or why it is not there.

import type { App } from '../../state/app.ts'
import { differingClocks } from '../../state/clock-words.ts'
import type { TraceView } from '../../state/trace-view.ts'
import { failureTitle, Notice, Skeleton } from '../notice.tsx'
import { Details } from './details.tsx'
import { Overview } from './overview.tsx'
import { TraceHeader } from './trace-header.tsx'
import { Waterfall } from './waterfall.tsx'

const Absent = ({
  app,
  id,
  because,
  status,
}: {
  app: App
  id: string
  because: string
  status: number
}) =>
  status == 404 ? (
    <Notice
      tone="calm"
      title={
        app.trace.following.value ? 'This trace is not stored yet' : 'This trace is not stored'
      }
    >
      <p>
        <code>{id}</code>
      </p>
      <p>
        {app.trace.following.value
          ? 'Spans usually arrive within a few seconds; it is looked for meanwhile.'
          : 'Nothing of it has arrived, it was not sampled, or its time has passed.'}
      </p>
      <p class="actions">
        <button class="button" type="button" onClick={app.trace.reload}>
          Look again
        </button>
        <a class="button" href="/">
          See the traces
        </a>
      </p>
    </Notice>
  ) : (
    <Notice tone="error" title={status == 400 ? 'This is no trace id' : failureTitle(status)}>
      <p>{because}</p>
      <button class="button" type="button" onClick={app.trace.reload}>
        Try again
      </button>
    </Notice>
  )

const Clocks = ({ view: { trace, root } }: { view: TraceView }) => {
  const differ = differingClocks(trace.clocks)
  if (!differ) return null
  return (
    <p class="strip" role="status" data-clocks>
      Clocks differ from that of {root?.service}: {differ}. All below is shown by the times that
      were received; start and duration above allow for it.
    </p>
  )
}

const Present = ({ app, view }: { app: App; view: TraceView }) => {
  const { missing, open, node } = app.trace
  return (
    <main class="page trace-page" data-details={open.value ? '' : undefined}>
      <TraceHeader app={app} view={view} />
      <Overview app={app} view={view} />
      <Clocks view={view} />
      {view.trace.truncated && (
        <p class="strip" role="status">
          These are the first {view.trace.spans.length.toLocaleString('en')} spans of the trace. It
          has more, which are not shown; errors and critical path are of these alone.
        </p>
      )}
      {missing.value && (
        <p class="strip" role="status">
          The span <code>{missing.value}</code> of this address is not among those received.
        </p>
      )}
      <div class="split">
        <Waterfall app={app} view={view} />
        {open.value && node.value && <Details app={app} view={view} node={node.value} />}
      </div>
    </main>
  )
}

export const TracePage = ({ app }: { app: App }) => {
  const route = app.route.value
  const state = app.trace.state.value
  const id = route.page == 'trace' ? route.traceId : ''
  if (state.kind == 'ready') return <Present app={app} view={state.value} />
  return (
    <main class="page">
      {state.kind == 'waiting' ? (
        <Skeleton lines={16} />
      ) : (
        <Absent app={app} id={id} because={state.because} status={state.status} />
      )}
    </main>
  )
}
