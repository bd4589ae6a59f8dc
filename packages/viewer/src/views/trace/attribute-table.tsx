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
  /** ns since the Unix epoch. */
  origin: bigint
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

const Line = ({
  app,
  attribute: { key, value, type },
  origin,
}: Props & { attribute: Attribute }) => (
  <tr>
    <th scope="row" title={key}>
      <Key text={key} />
    </th>
    <td>
      <span class={'value value-' + type}>{value}</span>
      <span class="line-tools">
        <CopyButton text={value} what={'the value of ' + key} />
        <a
          class="quiet small"
          href={listHref({
            ...noFilter,
            ...around(origin, app.now.peek()),
            attributes: [`${key}=${value}`],
          })}
          title="Traces with this value"
          aria-label={`Traces where ${key} is ${value}`}
        >
          <Icon name="filter" />
        </a>
      </span>
    </td>
  </tr>
)

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
