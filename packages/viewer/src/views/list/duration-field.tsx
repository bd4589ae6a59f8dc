// duration-field.tsx: the shortest duration to show, typed as people say it.

import { useSignal } from '@preact/signals'
import type { Change, Filter } from '../../state/filter.ts'
import { parseDuration } from '../../state/typed.ts'

export const DurationField = ({ filter, change }: { filter: Filter; change: Change }) => {
  const wrong = useSignal(false)
  return (
    <input
      class="field field-duration"
      placeholder="Min duration"
      aria-label="Shortest duration, such as 250 ms or 1.5 s"
      aria-invalid={wrong.value}
      data-set={filter.minDuration === undefined ? undefined : ''}
      title={wrong.value ? 'Such as 250 ms or 1.5 s' : 'Such as 250 ms or 1.5 s; of a span'}
      value={filter.minDuration === undefined ? '' : `${filter.minDuration} ms`}
      autocomplete="off"
      onChange={(event) => {
        const { value } = event.currentTarget
        const minDuration = parseDuration(value)
        wrong.value = !!value.trim() && minDuration === undefined
        if (!wrong.value) change({ minDuration })
      }}
    />
  )
}
