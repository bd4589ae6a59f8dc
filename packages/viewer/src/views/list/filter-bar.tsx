// filter-bar.tsx: what the list is asked for. Every change is a change of the address.

import { useRef } from 'preact/hooks'
import type { App } from '../../state/app.ts'
import {
  isNarrow,
  noFilter,
  type Change,
  type Filter,
  type StatusFilter,
} from '../../state/filter.ts'
import { listHref } from '../../state/route.ts'
import { Icon } from '../icons.tsx'
import { AttributeField } from './attribute-field.tsx'
import { DurationField } from './duration-field.tsx'
import { TimeRange } from './time-range.tsx'

/** Typing is one visit, not one per letter. */
const typingPause = 250

interface Props {
  app: App
  change: Change
}

const NameField = ({ app, change }: Props) => {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const commit = (name: string) => {
    clearTimeout(timer.current)
    if (name != app.list.filter.value.name) change({ name }, true)
  }
  return (
    <label class="field field-name">
      <Icon name="search" />
      <input
        type="search"
        placeholder="Span name"
        aria-label="Span name contains"
        data-filter
        value={app.list.filter.value.name}
        onInput={({ currentTarget: { value } }) => {
          clearTimeout(timer.current)
          timer.current = setTimeout(() => commit(value), typingPause)
        }}
        onChange={(event) => commit(event.currentTarget.value)}
      />
      <kbd>/</kbd>
    </label>
  )
}

const ServiceField = ({ app, change }: Props) => {
  const { service } = app.list.filter.value
  const known = app.services.value.map((it) => it.name)
  const names = service && !known.includes(service) ? [service, ...known] : known
  return (
    <select
      class="field"
      aria-label="Service"
      value={service}
      data-set={service ? '' : undefined}
      onChange={(event) => change({ service: event.currentTarget.value })}
    >
      <option value="">All services</option>
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  )
}

const statuses: [StatusFilter, string][] = [
  ['', 'Any status'],
  ['error', 'Errors'],
  ['ok', 'Ok'],
  ['unset', 'Unset'],
]

const StatusField = ({ app, change }: Props) => (
  <select
    class="field"
    aria-label="Status"
    value={app.list.filter.value.status}
    data-set={app.list.filter.value.status || undefined}
    onChange={(event) => change({ status: event.currentTarget.value as StatusFilter })}
  >
    {statuses.map(([value, label]) => (
      <option key={value} value={value}>
        {label}
      </option>
    ))}
  </select>
)

const Refresh = ({ app: { list } }: { app: App }) => (
  <div class="refresh" data-busy={list.busy.value ? '' : undefined}>
    <button type="button" title="Refresh (r)" aria-label="Refresh" onClick={list.refresh}>
      <Icon name="refresh" />
    </button>
    <button
      type="button"
      aria-pressed={list.automatic.value}
      title="Refresh every 5 s while this page is seen"
      onClick={() => list.setAutomatic(!list.automatic.value)}
    >
      Live
    </button>
  </div>
)

const Chips = ({ app, change }: Props) => {
  const { attributes } = app.list.filter.value
  const without = (gone: string) => change({ attributes: attributes.filter((it) => it != gone) })
  if (!attributes.length) return null
  return (
    <div class="chips">
      {attributes.map((it) => (
        <button
          key={it}
          type="button"
          class="chip"
          aria-label={`Remove ${it}`}
          onClick={() => without(it)}
        >
          <span>{it}</span>
          <Icon name="close" />
        </button>
      ))}
    </div>
  )
}

const Clear = ({ filter }: { filter: Filter }) =>
  isNarrow(filter) ? (
    <a class="clear" href={listHref({ ...noFilter, from: filter.from, to: filter.to })}>
      Clear
    </a>
  ) : null

export const FilterBar = ({ app }: { app: App }) => {
  const change: Change = (change, replace) =>
    app.navigate(listHref({ ...app.list.filter.value, ...change }), replace)
  return (
    <search class="filter">
      <div class="filter-row">
        <NameField app={app} change={change} />
        <ServiceField app={app} change={change} />
        <StatusField app={app} change={change} />
        <DurationField filter={app.list.filter.value} change={change} />
        <AttributeField filter={app.list.filter.value} change={change} />
        <Clear filter={app.list.filter.value} />
        <span class="grow" />
        <TimeRange app={app} change={change} />
        <Refresh app={app} />
      </div>
      <Chips app={app} change={change} />
    </search>
  )
}
