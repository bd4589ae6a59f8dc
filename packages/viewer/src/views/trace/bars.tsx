// bars.tsx: a span's bar: pale where it waits, full where it works, underlined where all wait for it.

import type { Bar } from '../../layout/bar.ts'
import { formatDuration } from '../../layout/duration.ts'
import type { TreeNode } from '../../layout/tree.ts'
import type { Place } from '../../layout/window.ts'

const css = ({ left, width }: Place) => ({ left: `${left * 100}%`, width: `${width * 100}%` })

const Beyond = ({ side, label }: { side: 'left' | 'right'; label: string }) => (
  <div class="track">
    <span class={'beyond beyond-' + side}>{side == 'left' ? `‹ ${label}` : `${label} ›`}</span>
  </div>
)

export const Bars = ({ bar, node, early }: { bar: Bar; node: TreeNode; early: number }) => {
  const { span } = node
  const label = formatDuration(span.duration)
  if (!bar.span) return <Beyond side={bar.beyond ?? 'left'} label={label} />
  return (
    <div class="track">
      <i class="bar" style={css(bar.span)} />
      {bar.self.map((it, n) => (
        <i key={n} class="bar bar-self" style={css(it)} />
      ))}
      {bar.waited.map((it, n) => (
        <i key={n} class="bar-waited" title="Critical path" style={css(it)} />
      ))}
      {bar.events.map(({ left, first, count }) => {
        const event = span.events[first]
        const failed = event?.name == 'exception'
        const title = count > 1 ? `${count} events` : event?.name
        return (
          <i
            key={first}
            class={failed ? 'tick tick-error' : 'tick'}
            style={{ left: `${left * 100}%` }}
            title={title}
          />
        )
      })}
      <span class="bar-label" style={{ left: `${(bar.span.left + bar.span.width) * 100}%` }}>
        {label}
        {early > 0 && (
          <small title="Times are shown as they were received; clocks may differ">
            {formatDuration(early)} before its parent
          </small>
        )}
      </span>
    </div>
  )
}
