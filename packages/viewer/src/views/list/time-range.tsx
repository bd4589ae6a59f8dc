// time-range.tsx: the last so many minutes, or from then to then.

import { useSignal } from '@preact/signals'
import { formatDay, formatTime } from '../../layout/clock.ts'
import type { App } from '../../state/app.ts'
import type { Change } from '../../state/filter.ts'

const ranges: [from: string, short: string, long: string][] = [
  ['-15m', '15 m', 'Last 15 minutes'],
  ['-1h', '1 h', 'Last hour'],
  ['-6h', '6 h', 'Last 6 hours'],
  ['-1d', '24 h', 'Last 24 hours'],
]

// What <input type=datetime-local> speaks: local time without a zone.
const toField = (ms: number) => `${formatDay(new Date(ms))}T${formatTime(new Date(ms))}`

interface Props {
  app: App
  change: Change
}

const Custom = ({ app, change, done }: Props & { done: () => void }) => {
  const { from, to } = app.list.range.value
  const read = (form: HTMLFormElement, name: string) => {
    const { value } = form.elements.namedItem(name) as HTMLInputElement
    return value ? new Date(value).toISOString() : ''
  }
  return (
    <form
      class="popover"
      aria-label="Custom time range"
      onSubmit={(event) => {
        event.preventDefault()
        const form = event.currentTarget
        change({ from: read(form, 'from') || '-1h', to: read(form, 'to') })
        done()
      }}
    >
      <label>
        From
        <input type="datetime-local" name="from" step="1" required defaultValue={toField(from)} />
      </label>
      <label>
        To
        <input type="datetime-local" name="to" step="1" defaultValue={toField(to)} />
      </label>
      <button class="button" type="submit">
        Apply
      </button>
    </form>
  )
}

export const TimeRange = ({ app, change }: Props) => {
  const open = useSignal(false)
  const { from, to } = app.list.filter.value
  const custom = !!to || !ranges.some(([it]) => it == from)
  return (
    <div
      class="segments"
      role="group"
      aria-label="Time range"
      onKeyDown={(event) => event.key == 'Escape' && (open.value = false)}
    >
      {ranges.map(([it, short, long]) => (
        <button
          key={it}
          type="button"
          title={long}
          aria-label={long}
          aria-pressed={!custom && it == from}
          onClick={() => change({ from: it, to: '' })}
        >
          {short}
        </button>
      ))}
      <button
        type="button"
        aria-pressed={custom}
        aria-expanded={open.value}
        onClick={() => (open.value = !open.value)}
      >
        Custom
      </button>
      {open.value && <Custom app={app} change={change} done={() => (open.value = false)} />}
    </div>
  )
}
