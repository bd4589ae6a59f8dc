// chart.tsx: every trace of the list as a point: when, and how long.

import type { TraceSummary } from '../../api/model.ts'
import { formatTime } from '../../layout/clock.ts'
import { formatDuration, fromMilliseconds } from '../../layout/duration.ts'
import { scatter, type Point } from '../../layout/scatter.ts'
import { clockTicks } from '../../layout/ticks.ts'
import type { App } from '../../state/app.ts'
import { traceHref } from '../../state/route.ts'
import { useSize } from '../use-size.ts'

const height = 104
const left = 52
const right = 16
const top = 8
const bottom = 20

const sides = { left: ', began before this time', right: ', began after this time' }

const tell = ({ rootService, rootName, duration, errors }: TraceSummary, beyond: Point['beyond']) =>
  `${rootService} ${rootName}, ${formatDuration(fromMilliseconds(duration))}${errors ? ', error' : ''}${beyond ? sides[beyond] : ''}`

interface PlaceProps {
  app: App
  x: (at: number) => number
  y: (at: number) => number
}

const Mark = ({ app, point: { trace, beyond, ...at }, x, y }: PlaceProps & { point: Point }) => {
  const { pointed } = app.list
  const isPointed = pointed.value == trace.traceId
  const kind = `point${trace.errors ? ' point-error' : ''}${isPointed ? ' point-pointed' : ''}`
  const [cx, cy] = [x(at.x), y(at.y)]
  return (
    <g
      class={kind}
      onMouseEnter={() => (pointed.value = trace.traceId)}
      onMouseLeave={() => (pointed.value = undefined)}
      onClick={() => app.navigate(traceHref(trace.traceId))}
    >
      <title>{tell(trace, beyond)}</title>
      <circle class="point-reach" cx={cx} cy={cy} r="9" />
      {trace.errors ? (
        <path d={`M${cx} ${cy - 4.5}l4.5 8h-9z`} />
      ) : (
        <circle cx={cx} cy={cy} r="3.5" />
      )}
      {beyond && (
        <path
          class="point-beyond"
          d={beyond == 'left' ? `M${cx - 5.5} ${cy - 3}v6l-4-3z` : `M${cx + 5.5} ${cy - 3}v6l4-3z`}
        />
      )}
    </g>
  )
}

const Lines = ({
  app,
  width,
  x,
  y,
  lines,
}: PlaceProps & { width: number; lines: { duration: number; y: number }[] }) => {
  const { from, to } = app.list.range.value
  return (
    <g class="chart-lines">
      {lines.map((it) => (
        <g key={it.duration}>
          <line x1={left} x2={width - right} y1={y(it.y)} y2={y(it.y)} />
          <text x={left - 8} y={y(it.y) + 3.5} text-anchor="end">
            {formatDuration(fromMilliseconds(it.duration))}
          </text>
        </g>
      ))}
      {clockTicks(from, to, width / 110).map((at) => (
        <text key={at} x={x((at - from) / (to - from || 1))} y={height - 5} text-anchor="middle">
          {formatTime(new Date(at)).slice(0, to - from < 3e5 ? 8 : 5)}
        </text>
      ))}
    </g>
  )
}

/** Hidden from screen readers: the table below says the same. */
export const Chart = ({ app }: { app: App }) => {
  const [ref, size] = useSize<HTMLDivElement>()
  const { from, to } = app.list.range.value
  const { points, lines } = scatter(app.list.traces.value, from, to)
  const { width } = size.value
  const x = (at: number) => left + at * Math.max(0, width - left - right)
  const y = (at: number) => top + at * (height - top - bottom)
  return (
    <div class="chart" ref={ref} aria-hidden="true">
      {width > 0 && (
        <svg width={width} height={height}>
          <Lines app={app} width={width} x={x} y={y} lines={lines} />
          {points.map((point) => (
            <Mark key={point.trace.traceId} app={app} point={point} x={x} y={y} />
          ))}
        </svg>
      )}
    </div>
  )
}
