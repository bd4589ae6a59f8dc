// trace-table.tsx: one line per trace.

import { useLayoutEffect, useRef } from 'preact/hooks'
import type { TraceSummary } from '../../api/model.ts'
import { formatAgo, formatMoment } from '../../layout/clock.ts'
import { exactDuration, formatDuration, fromMilliseconds } from '../../layout/duration.ts'
import { meter } from '../../layout/scatter.ts'
import type { App } from '../../state/app.ts'
import { mostTraces } from '../../state/filter.ts'
import { lossesOf } from '../../state/losses.ts'
import { listHref, traceHref } from '../../state/route.ts'
import { ErrorMark } from '../icons.tsx'
import { LossesLine } from './losses.tsx'
import { Dot, ServiceName } from '../service.tsx'

const mostServices = 4

const lostOf = (app: App, service: string) => {
  const losses = lossesOf(app.services.value, service)
  return losses ? [`lost before they came here, in the chosen time: ${losses.text}`] : []
}

const Services = ({ app, services }: { app: App; services: TraceSummary['services'] }) => (
  <span class="service-list">
    {services.slice(0, mostServices).map((it) => (
      <span
        key={it.name}
        class="service"
        title={[
          `${it.name}: ${it.spans} spans${it.errors ? `, ${it.errors} errors` : ''}`,
          ...lostOf(app, it.name),
        ].join('\n')}
      >
        <Dot app={app} service={it.name} />
        <span class="service-text">{it.name}</span>
        <small>{it.spans}</small>
      </span>
    ))}
    {services.length > mostServices && (
      <small
        title={services
          .slice(mostServices)
          .map((it) => it.name)
          .join(', ')}
      >
        +{services.length - mostServices}
      </small>
    )}
  </span>
)

const When = ({ app, start }: { app: App; start: number }) => (
  // a double keeps about 0.2 µs of an epoch in ms; more would be invented
  <time
    dateTime={new Date(start).toISOString()}
    title={formatMoment(BigInt(Math.round(start * 1e3)) * 1000n)}
  >
    {formatAgo(start, app.now.value)}
  </time>
)

interface RowProps {
  app: App
  trace: TraceSummary
  /** The list's shortest and longest duration, in ms. */
  least: number
  most: number
}

const Row = ({ app, trace, least, most }: RowProps) => {
  const { pointed } = app.list
  const ns = fromMilliseconds(trace.duration)
  const point = () => (pointed.value = trace.traceId)
  const unpoint = () => (pointed.value = undefined)
  // The link is for keys, new tabs and readers; the pointer gets the whole row.
  const open = ({ target }: MouseEvent) => {
    if (!(target as Element).closest('a')) app.navigate(traceHref(trace.traceId))
  }
  return (
    <tr
      onClick={open}
      data-trace-id={trace.traceId}
      data-pointed={pointed.value == trace.traceId ? '' : undefined}
      onMouseEnter={point}
      onMouseLeave={unpoint}
      onFocusIn={point}
      onFocusOut={unpoint}
    >
      <td class="cell-when">
        <When app={app} start={trace.start} />
      </td>
      <td class="cell-name">
        <a href={traceHref(trace.traceId)} data-row>
          <ServiceName app={app} service={trace.rootService} />
          <span class="name">{trace.rootName || '(no name)'}</span>
          {!!trace.open && (
            <small title="Spans that have not ended, as far as is known">{trace.open} open</small>
          )}
          {trace.errors > 0 && (
            <span class="error-count">
              <ErrorMark label={trace.errors == 1 ? '1 error' : `${trace.errors} errors`} />
              {trace.errors}
            </span>
          )}
        </a>
      </td>
      <td class="cell-services">
        <Services app={app} services={trace.services} />
      </td>
      <td class="cell-spans">{trace.spans.toLocaleString('en')}</td>
      <td class="cell-duration" title={exactDuration(ns)}>
        <span class="meter">
          <i
            style={{ width: `${meter(trace.duration, least, most) * 100}%` }}
            data-error={trace.errors ? '' : undefined}
          />
        </span>
        {formatDuration(ns)}
      </td>
    </tr>
  )
}

const Foot = ({ app }: { app: App }) => {
  const state = app.list.state.value
  const filter = app.list.filter.value
  if (state.kind != 'ready') return null
  const count = state.value.traces.length
  if (!state.value.truncated)
    return <p class="foot">{count == 1 ? '1 trace' : `${count} traces`}, newest first</p>
  return (
    <p class="foot" role="status">
      The {count} newest of more. Narrow the filter
      {filter.limit < mostTraces && (
        <>
          {' or '}
          <a
            href={listHref({ ...filter, limit: Math.min(mostTraces, filter.limit * 4) })}
            data-replace
          >
            show {Math.min(mostTraces, filter.limit * 4)}
          </a>
        </>
      )}
    </p>
  )
}

export const TraceTable = ({ app }: { app: App }) => {
  const scroller = useRef<HTMLDivElement>(null)
  const { traces, scrollTop } = app.list
  const durations = traces.value.map((it) => it.duration)
  const [least, most] = [Math.min(...durations), Math.max(...durations)]
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = scrollTop.value
  }, [])
  return (
    <div
      class="table-box"
      ref={scroller}
      onScroll={(event) => (scrollTop.value = event.currentTarget.scrollTop)}
    >
      <table>
        <thead>
          <tr>
            <th class="cell-when">Started</th>
            <th class="cell-name">Trace</th>
            <th class="cell-services">Services</th>
            <th class="cell-spans">Spans</th>
            <th class="cell-duration" title="The bars are logarithmic, as the chart is">
              Duration
            </th>
          </tr>
        </thead>
        <tbody>
          {traces.value.map((trace) => (
            <Row key={trace.traceId} app={app} trace={trace} least={least} most={most} />
          ))}
        </tbody>
      </table>
      <Foot app={app} />
      <LossesLine app={app} />
    </div>
  )
}
