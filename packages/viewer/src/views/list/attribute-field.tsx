// attribute-field.tsx: `key=value` conditions, each becoming a chip.

import type { Change, Filter } from '../../state/filter.ts'
import { parseAttributes } from '../../state/typed.ts'

export const AttributeField = ({ filter, change }: { filter: Filter; change: Change }) => (
  <form
    class="field-form"
    onSubmit={(event) => {
      event.preventDefault()
      const field = event.currentTarget.elements.namedItem('attribute') as HTMLInputElement
      const added = parseAttributes(field.value)
      field.value = ''
      if (added.length) change({ attributes: [...new Set([...filter.attributes, ...added])] })
    }}
  >
    <input
      class="field field-attribute"
      name="attribute"
      placeholder="key=value"
      aria-label="Attribute, key=value; Enter adds it"
      title={'http.route=/cart, user.name="Ada Lovelace", or a key alone'}
      autocomplete="off"
      spellcheck={false}
    />
  </form>
)
