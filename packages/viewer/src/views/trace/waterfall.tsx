// waterfall.tsx: the spans as a tree beside their bars; only rows in sight are in the DOM.

import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect } from 'preact/hooks'
import { formatTick } from '../../layout/duration.ts'
import { ticks } from '../../layout/ticks.ts'
import { place, rowsInSight } from '../../layout/window.ts'
import type { App } from '../../state/app.ts'
import type { TraceView } from '../../state/trace-view.ts'
import { useSize } from '../use-size.ts'
import { Search } from './search.tsx'
import { Row, rowId } from './row.tsx'

/** px; the style sheet's `--row`. */
const rowHeight = 28
const headHeight = 32

const Ticks = ({ app, width, labels }: { app: App; width: number; labels: boolean }) => {
  const window = app.trace.window.value
  const marks = ticks(window.from, window.to, Math.max(2, width / 120))
  const step = (marks[1] ?? window.to) - (marks[0] ?? window.from)
  return (
    <div class={labels ? 'track axis' : 'track grid-lines'} aria-hidden="true">
      {marks.map((at) => (
        <span key={at} style={{ left: `${place({ from: at, to: at }, window).left * 100}%` }}>
          {labels && formatTick(at, step)}
        </span>
      ))}
    </div>
  )
}

const Head = ({ app, width }: { app: App; width: number }) => (
  <div class="waterfall-head">
    <Search app={app} />
    <Ticks app={app} width={width} labels />
  </div>
)

// The cursor's row is brought into view, by as little as it takes.
const useFollow = (app: App, box: HTMLElement | null) => {
  const { rows, cursor } = app.trace
  const row = rows.value.findIndex((it) => it.span.id == cursor.value)
  useLayoutEffect(() => {
    if (!box || row < 0) return
    const top = row * rowHeight
    const room = box.clientHeight - headHeight
    if (top < box.scrollTop) box.scrollTop = top
    else if (top + rowHeight > box.scrollTop + room) box.scrollTop = top + rowHeight - room
  }, [box, row])
}

export const Waterfall = ({ app, view }: { app: App; view: TraceView }) => {
  const [box, size] = useSize<HTMLDivElement>()
  const scrollTop = useSignal(0)
  const { rows, cursor } = app.trace
  useFollow(app, box.current)
  useEffect(() => box.current?.focus({ preventScroll: true }), [view])
  const { height, width } = size.value
  const { first, last } = rowsInSight({
    scrollTop: scrollTop.value,
    height,
    rowHeight,
    count: rows.value.length,
  })
  const chart = width * 0.6
  return (
    <div
      class="waterfall"
      ref={box}
      role="treegrid"
      aria-label="Spans"
      aria-rowcount={rows.value.length}
      aria-activedescendant={cursor.value && rowId(cursor.value)}
      tabIndex={0}
      data-keys
      onScroll={(event) => (scrollTop.value = event.currentTarget.scrollTop)}
    >
      <Head app={app} width={chart} />
      <div class="rows" role="rowgroup" style={{ height: `${rows.value.length * rowHeight}px` }}>
        <Ticks app={app} width={chart} labels={false} />
        {rows.value.slice(first, last).map((node, at) => (
          <Row
            key={node.span.id}
            app={app}
            view={view}
            node={node}
            row={first + at}
            top={(first + at) * rowHeight}
          />
        ))}
      </div>
    </div>
  )
}
