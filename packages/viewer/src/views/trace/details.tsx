// details.tsx: all that is known about one span.

import { useSignal } from '@preact/signals'
import { exactDuration, formatDuration } from '../../layout/duration.ts'
import { selfStretches, total } from '../../layout/self-time.ts'
import type { TreeNode } from '../../layout/tree.ts'
import type { App } from '../../state/app.ts'
import { clockOf } from '../../state/clock-words.ts'
import { traceHref } from '../../state/route.ts'
import type { TraceView } from '../../state/trace-view.ts'
import { CopyButton } from '../copy-button.tsx'
import { ErrorMark, Icon } from '../icons.tsx'
import { ServiceName } from '../service.tsx'
import { AttributeTable } from './attribute-table.tsx'
import { Events } from './events.tsx'
import { Links } from './links.tsx'
import { early, endings } from './row.tsx'

interface Props {
  app: App
  view: TraceView
  node: TreeNode
}

const Head = ({ app, node: { span } }: Props) => (
  <header class="details-head">
    <div class="details-line">
      <ServiceName app={app} service={span.service} />
      <span class="grow" />
      <button
        class="quiet"
        type="button"
        title="Close (Esc)"
        aria-label="Close details"
        onClick={app.actions.closeDetails}
      >
        <Icon name="close" />
      </button>
    </div>
    <h2>{span.name}</h2>
    <div class="tags">
      {span.kind != 'unspecified' && <span class="tag">{span.kind}</span>}
      {span.status != 'unset' && (
        <span class={'tag tag-' + span.status}>
          {span.status == 'error' && <ErrorMark />}
          {span.status}
        </span>
      )}
      {endings[span.ending] && <span class="tag">{endings[span.ending]}</span>}
      {span.remoteParent && <span class="tag">remote parent</span>}
    </div>
    {span.message && <p class="status-message">{span.message}</p>}
  </header>
)

const Fact = ({ name, ns, note }: { name: string; ns: number; note?: string }) => (
  <div>
    <dt>{name}</dt>
    <dd title={exactDuration(ns)}>
      {formatDuration(ns)}
      {note && <small>{note}</small>}
    </dd>
  </div>
)

const share = (part: number, whole: number) =>
  whole ? `${Math.round((part / whole) * 100)}% of it` : ''

const Times = ({ view, node }: Props) => {
  const { span } = node
  const self = total(selfStretches(node))
  const waited = total(view.path.stretches.get(span.id) ?? [])
  return (
    <dl class="facts details-facts">
      <Fact name="Duration" ns={span.duration} note={span.ending == 'received' ? '' : 'at least'} />
      <Fact name="Starts at" ns={span.start} />
      <Fact
        name="Self time"
        ns={self}
        note={node.children.length ? share(self, span.duration) : ''}
      />
      <Fact name="Critical path" ns={waited} />
    </dl>
  )
}

const Clock = ({ node: { span }, view }: Props) => {
  const said = clockOf(view.trace.clocks, span.service)
  return said ? (
    <p class="remark" data-clock>
      Times are by the clock of {span.service}, which is {said}.
    </p>
  ) : null
}

const Family = ({ app, node, view }: Props) => {
  const { span, parent } = node
  const skew = early(node)
  return (
    <>
      {skew > 0 && (
        <p class="remark">
          Starts {formatDuration(skew)} before its parent. Times are shown as they were received;
          the two clocks may differ.
        </p>
      )}
      {span.dropped > 0 && (
        <p class="remark">{span.dropped} attributes, events or links were dropped by the sender.</p>
      )}
      <dl class="ids">
        <dt>Span</dt>
        <dd>
          <code>{span.id}</code>
          <CopyButton text={span.id} what="the span id" />
          <CopyButton
            text={app.origin + traceHref(view.trace.id, span.id)}
            what="a link to this span"
            icon="link"
          />
        </dd>
        {span.parentId && (
          <>
            <dt>Parent</dt>
            <dd>
              {parent ? (
                <a href={traceHref(view.trace.id, span.parentId)} data-replace>
                  {parent.span.name}
                </a>
              ) : (
                <>
                  <code>{span.parentId}</code> <small>not received</small>
                </>
              )}
            </dd>
          </>
        )}
        {span.scope && (
          <>
            <dt>Scope</dt>
            <dd>{span.scope}</dd>
          </>
        )}
      </dl>
    </>
  )
}

const Attributes = ({ app, node: { span }, view }: Props) => {
  const query = useSignal('')
  const { origin } = view.trace
  return (
    <>
      <section class="details-part">
        <div class="part-head">
          <h3>
            Attributes <small>{span.attributes.length}</small>
          </h3>
          <input
            type="search"
            class="field"
            placeholder="Filter"
            aria-label="Filter attributes"
            value={query.value}
            onInput={(event) => (query.value = event.currentTarget.value)}
          />
        </div>
        <AttributeTable
          app={app}
          attributes={span.attributes}
          query={query.value}
          origin={origin}
        />
      </section>
      <details class="details-part" open={!!query.value}>
        <summary>
          <Icon name="chevron" />
          <h3>
            Resource <small>{span.resource.length}</small>
          </h3>
        </summary>
        <AttributeTable app={app} attributes={span.resource} query={query.value} origin={origin} />
      </details>
    </>
  )
}

export const Details = (props: Props) => (
  <aside class="details" aria-label="Span details" data-details-of={props.node.span.id}>
    <Head {...props} />
    <Times {...props} />
    <Clock {...props} />
    <Events span={props.node.span} app={props.app} />
    <Attributes {...props} key={props.node.span.id} />
    <Links app={props.app} span={props.node.span} />
    <Family {...props} />
  </aside>
)
