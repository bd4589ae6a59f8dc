// search.tsx: find spans within the trace.

import type { App } from '../../state/app.ts'
import { Icon } from '../icons.tsx'

export const Search = ({ app }: { app: App }) => {
  const { query, matches } = app.trace
  const found = matches.value
  const seek = (direction: 1 | -1) => app.actions.seek(direction, (id) => !!found?.has(id))
  return (
    <label class="search">
      <Icon name="search" />
      <input
        type="search"
        placeholder="Find in trace"
        aria-label="Find in trace: name, service or attribute"
        data-filter
        autocomplete="off"
        spellcheck={false}
        value={query.value}
        onInput={(event) => (query.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key != 'Enter') return
          event.preventDefault()
          seek(event.shiftKey ? -1 : 1)
        }}
      />
      {found ? <small role="status">{found.size} found</small> : <kbd>/</kbd>}
    </label>
  )
}
