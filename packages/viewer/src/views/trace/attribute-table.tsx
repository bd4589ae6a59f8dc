// attribute-table.tsx: attributes under their headings; each can be copied, or asked the list for.

import { Fragment } from 'preact'
import type { Attribute } from '../../api/model.ts'
import { groupAttributes } from '../../layout/attribute-groups.ts'
import type { App } from '../../state/app.ts'
import { around, noFilter } from '../../state/filter.ts'
import { listHref } from '../../state/route.ts'
import { CopyButton } from '../copy-button.tsx'
import { Icon } from '../icons.tsx'

interface Props {
  app: App
  attributes: readonly Attribute[]
  query?: string
  /** Of attributes that the list can be asked for: the trace's origin, in ns since the Unix epoch. */
  origin?: bigint
}

/** The longest condition that the query API takes, in characters. */
const longest = 4000

// What the list is asked for: the value, or where it is none that can be written, that there is one.
const questionOf = ({ key, value, type }: Attribute) => {
  const exact = `${key}=${value}`
  const isPlain = type == 'string' || type == 'boolean' || (type == 'number' && isFinite(+value))
  return isPlain && exact.length <= longest
    ? {
        condition: exact,
        title: 'Traces with this value',
        label: `Traces where ${key} is ${value}`,
      }
    : { condition: key, title: 'Traces that have it', label: `Traces that have ${key}` }
}

const Ask = ({ app, attribute, origin }: { app: App; attribute: Attribute; origin: bigint }) => {
  const { condition, title, label } = questionOf(attribute)
  const range = around(origin, app.now.peek())
  return (
    <a
      class="quiet small"
      href={listHref({ ...noFilter, ...range, attributes: [condition] })}
      title={title}
      aria-label={label}
    >
      <Icon name="filter" />
    </a>
  )
}

// Long keys break where their words do.
const Key = ({ text }: { text: string }) => (
  <>
    {text.split('.').map((word, n) => (
      <Fragment key={n}>
        {n > 0 && (
          <>
            .<wbr />
          </>
        )}
        {word}
      </Fragment>
    ))}
  </>
)

const Line = ({ app, attribute, origin }: Props & { attribute: Attribute }) => {
  const { key, value, type } = attribute
  return (
    <tr>
      <th scope="row" title={key}>
        <Key text={key} />
      </th>
      <td>
        <span class={'value value-' + type}>{value}</span>
        <span class="line-tools">
          <CopyButton text={value} what={'the value of ' + key} />
          {origin !== undefined && <Ask app={app} attribute={attribute} origin={origin} />}
        </span>
      </td>
    </tr>
  )
}

export const AttributeTable = (props: Props) => {
  const groups = groupAttributes(props.attributes, props.query ?? '')
  if (!groups.length)
    return <p class="none">{props.attributes.length ? 'None matches.' : 'None.'}</p>
  return (
    <>
      {groups.map(({ title, attributes }) => (
        <table key={title} class="attributes">
          <caption>{title}</caption>
          <tbody>
            {attributes.map((it, n) => (
              <Line key={n} {...props} attribute={it} />
            ))}
          </tbody>
        </table>
      ))}
    </>
  )
}
