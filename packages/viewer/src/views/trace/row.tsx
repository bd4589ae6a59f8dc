// row.tsx: one span: its place in the tree, its name, its bar.

import { layoutBar } from '../../layout/bar.ts'
import { exactDuration, formatDuration } from '../../layout/duration.ts'
import { isErrorOrigin, type TreeNode } from '../../layout/tree.ts'
import type { App } from '../../state/app.ts'
import type { TraceView } from '../../state/trace-view.ts'
import { ErrorMark, Icon } from '../icons.tsx'
import { Bars } from './bars.tsx'

/** The DOM id of a span's row, for aria-activedescendant. */
export const rowId = (spanId: string): string => 'span-' + spanId

/** Deeper rows are drawn no further in: the name needs its room. */
const deepest = 16

const hints = { root: '', orphan: 'parent not received', ring: 'parents form a ring' }

/** What there is to say of an end that did not come. */
export const endings = { received: '', open: 'not ended yet', abandoned: 'end not received' }

/** How long before its parent a span starts, in ns; 0 where it does not. */
export const early = ({ span, parent }: TreeNode): number =>
  parent ? Math.max(0, parent.span.start - span.start) : 0

const tell = (node: TreeNode) => {
  const { span, top } = node
  return [
    span.service,
    span.name,
    formatDuration(span.duration),
    span.status == 'error' && 'error',
    top && hints[top],
    endings[span.ending],
    early(node) > 0 && `starts ${formatDuration(early(node))} before its parent`,
  ]
    .filter(Boolean)
    .join(', ')
}

const Fold = ({ app, node, folded }: { app: App; node: TreeNode; folded: boolean }) =>
  node.children.length ? (
    <button
      class="fold"
      type="button"
      tabIndex={-1}
      aria-label={folded ? 'Unfold' : 'Fold'}
      data-folded={folded ? '' : undefined}
      onClick={(event) => {
        event.stopPropagation()
        app.actions.toggle(node.span.id)
      }}
    >
      <Icon name="chevron" />
    </button>
  ) : (
    <i class="fold" />
  )

const KindMark = ({ kind }: { kind: TreeNode['span']['kind'] }) => {
  const outgoing = kind == 'client' || kind == 'producer'
  const incoming = kind == 'server' || kind == 'consumer'
  if (!outgoing && !incoming) return null
  return (
    <span class="kind" title={kind}>
      <Icon name={outgoing ? 'outgoing' : 'incoming'} />
    </span>
  )
}

const Name = ({ app, node, folded }: { app: App; node: TreeNode; folded: boolean }) => {
  const { span, parent, depth, top } = node
  // The service is named where it changes; between, its colour goes on.
  const arrives = parent?.span.service != span.service
  const failed = span.status == 'error'
  return (
    <div class="cell-span" role="gridcell" style={{ '--depth': Math.min(depth, deepest) }}>
      <i class="guides" />
      <Fold app={app} node={node} folded={folded} />
      <i class="stripe" style={{ background: app.colourOf(span.service) }} />
      {arrives && <span class="row-service">{span.service}</span>}
      <span class="row-name" title={`${span.service} · ${span.name}`}>
        {span.name}
      </span>
      <KindMark kind={span.kind} />
      {folded && <small class="below">+{node.below.toLocaleString('en')}</small>}
      {top && hints[top] && <small class="hint">{hints[top]}</small>}
      {endings[span.ending] && (
        <small class="hint" title="It lasted at least so long">
          {endings[span.ending]}
        </small>
      )}
      {failed && <ErrorMark />}
      {folded && !failed && node.errorsBelow > 0 && (
        <span class="error-below" title={`${node.errorsBelow} errors below`}>
          <ErrorMark />
        </span>
      )}
    </div>
  )
}

interface Props {
  app: App
  view: TraceView
  node: TreeNode
  row: number
  top: number
}

export const Row = ({ app, view, node, row, top }: Props) => {
  const { id, duration, status } = node.span
  const { collapsed, cursor, matches, window } = app.trace
  const folded = collapsed.value.has(id)
  const matched = matches.value?.has(id)
  return (
    <div
      class="row"
      role="row"
      id={rowId(id)}
      data-span-id={id}
      data-error={status != 'error' ? undefined : isErrorOrigin(node) ? 'origin' : 'passed-on'}
      data-match={matched === undefined ? undefined : matched ? 'yes' : 'no'}
      aria-label={tell(node)}
      aria-level={node.depth + 1}
      aria-rowindex={row + 1}
      aria-selected={cursor.value == id}
      aria-expanded={node.children.length ? !folded : undefined}
      style={{ top: `${top}px`, '--colour': app.colourOf(node.span.service) }}
      onClick={() => app.actions.openDetails(id)}
    >
      <Name app={app} node={node} folded={folded} />
      <div class="cell-bar" role="gridcell" title={exactDuration(duration)}>
        <Bars
          bar={layoutBar(node, window.value, view.path.stretches.get(id))}
          node={node}
          early={early(node)}
        />
      </div>
    </div>
  )
}
