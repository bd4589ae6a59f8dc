// events.tsx: what happened during a span; exceptions first among equals. The list cannot be asked for them.

import type { Span, SpanEvent } from '../../api/model.ts'
import { attributeOf } from '../../api/read-attributes.ts'
import { formatDuration } from '../../layout/duration.ts'
import type { App } from '../../state/app.ts'
import { CopyButton } from '../copy-button.tsx'
import { ErrorMark, Icon } from '../icons.tsx'
import { AttributeTable } from './attribute-table.tsx'

interface Props {
  app: App
  span: Span
}

const told = ['exception.type', 'exception.message', 'exception.stacktrace']

const Offset = ({ event, span }: { event: SpanEvent; span: Span }) => (
  <time title="Since the span's start">
    {event.time < span.start ? '' : '+'}
    {formatDuration(event.time - span.start)}
  </time>
)

const Exception = ({ event, ...props }: Props & { event: SpanEvent }) => {
  const [type, message, stack] = told.map((key) => attributeOf(event.attributes, key))
  const others = event.attributes.filter((it) => !told.includes(it.key))
  return (
    <article class="exception">
      <header>
        <ErrorMark label="exception" />
        <b>{type || 'Exception'}</b>
        <span class="grow" />
        <Offset event={event} span={props.span} />
      </header>
      {message && <p>{message}</p>}
      {stack && (
        <div class="stack">
          <pre tabIndex={0} aria-label="Stack">
            {stack}
          </pre>
          <CopyButton text={stack} what="the stack" />
        </div>
      )}
      {others.length > 0 && <AttributeTable app={props.app} attributes={others} />}
    </article>
  )
}

const Happening = ({ event, ...props }: Props & { event: SpanEvent }) => (
  <details class="event">
    <summary>
      <Icon name="chevron" />
      <span>{event.name}</span>
      <Offset event={event} span={props.span} />
    </summary>
    <AttributeTable app={props.app} attributes={event.attributes} />
  </details>
)

export const Events = (props: Props) => {
  const { events } = props.span
  if (!events.length) return null
  return (
    <section class="details-part">
      <h3>
        Events <small>{events.length}</small>
      </h3>
      {events.map((event, n) =>
        event.name == 'exception' ? (
          <Exception key={n} {...props} event={event} />
        ) : (
          <Happening key={n} {...props} event={event} />
        ),
      )}
    </section>
  )
}
