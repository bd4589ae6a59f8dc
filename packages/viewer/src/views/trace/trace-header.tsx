// trace-header.tsx: what this trace is, and whom it waited for.

import { formatAgo, formatMoment } from '../../layout/clock.ts'
import { exactDuration, formatDuration } from '../../layout/duration.ts'
import type { App } from '../../state/app.ts'
import { around, noFilter } from '../../state/filter.ts'
import { listHref } from '../../state/route.ts'
import type { ServicePart, TraceView } from '../../state/trace-view.ts'
import { CopyButton } from '../copy-button.tsx'
import { ErrorMark, Icon } from '../icons.tsx'
import { Dot } from '../service.tsx'

const Facts = ({ app, view: { trace, errors, sessionId } }: { app: App; view: TraceView }) => {
  const start = Number(trace.began / 1_000_000n)
  return (
    <dl class="facts">
      <div>
        <dt>Duration</dt>
        <dd class="fact-main" title={exactDuration(trace.took)}>
          {formatDuration(trace.took)}
        </dd>
      </div>
      <div>
        <dt>Started</dt>
        <dd>
          <time dateTime={new Date(start).toISOString()}>{formatMoment(trace.began)}</time>{' '}
          <small>{formatAgo(start, app.now.value)}</small>
        </dd>
      </div>
      <div>
        <dt>Spans</dt>
        <dd>
          {trace.spans.length.toLocaleString('en')}
          {app.trace.following.value && (
            <small class="following" title="The trace is young: what still arrives is added">
              more may come
            </small>
          )}
        </dd>
      </div>
      <div>
        <dt>Errors</dt>
        <dd class={errors ? 'is-error' : ''}>
          {errors > 0 && <ErrorMark />}
          {errors}
        </dd>
      </div>
      {sessionId && (
        <div>
          <dt>Session</dt>
          <dd>
            <a
              class="mono"
              href={listHref({
                ...noFilter,
                ...around(trace.origin, app.now.value, '-1d'),
                attributes: ['session.id=' + sessionId],
              })}
              title={`Traces of session ${sessionId}`}
            >
              {sessionId.slice(0, 12)}
            </a>
          </dd>
        </div>
      )}
    </dl>
  )
}

const percent = (part: number, whole: number) => {
  const value = whole ? (part / whole) * 100 : 0
  return value > 0 && value < 1 ? '<1%' : Math.round(value) + '%'
}

const Part = ({ app, part, whole }: { app: App; part: ServicePart; whole: number }) => (
  <li title={`The trace waited ${exactDuration(part.waited)} for ${part.name} itself`}>
    <Dot app={app} service={part.name} />
    <span class="part-name">{part.name}</span>
    <b>{formatDuration(part.waited)}</b>
    <small>{percent(part.waited, whole)}</small>
    <small class="part-spans">
      {part.spans.toLocaleString('en')} {part.spans == 1 ? 'span' : 'spans'}
    </small>
    {part.errors > 0 && (
      <small class="error-count">
        <ErrorMark label="errors" />
        {part.errors}
      </small>
    )}
  </li>
)

/** Whom the trace waited for: the critical path, summed by service, longest first. */
const Waited = ({ app, view: { services, trace } }: { app: App; view: TraceView }) => {
  const parts = [...services].sort((a, b) => b.waited - a.waited)
  return (
    <section class="waited" aria-label="Critical path by service">
      <div class="waited-bar" aria-hidden="true">
        {parts.map(({ name, waited }) => (
          <i
            key={name}
            style={{ flexGrow: waited / (trace.took || 1), background: app.colourOf(name) }}
          />
        ))}
      </div>
      <ul>
        <li
          class="caption"
          title="The chain of work that the end of the trace waited for, each moment counted once"
        >
          Critical path
        </li>
        {parts.map((part) => (
          <Part key={part.name} app={app} part={part} whole={trace.took} />
        ))}
      </ul>
    </section>
  )
}

export const TraceHeader = ({ app, view }: { app: App; view: TraceView }) => {
  const { root, trace } = view
  return (
    <header class="trace-header">
      <div class="trace-title">
        <a
          class="quiet"
          href={listHref(app.list.filter.value)}
          title="Back to the list"
          aria-label="Back to the list"
        >
          <Icon name="back" />
        </a>
        <h1>
          <span>{root?.service}</span> {root?.name}
        </h1>
        <span class="trace-id">
          <code title="Trace id">{trace.id}</code>
          <CopyButton text={trace.id} what="the trace id" />
        </span>
      </div>
      <Facts app={app} view={view} />
      <Waited app={app} view={view} />
    </header>
  )
}
