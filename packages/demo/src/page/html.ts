// html.ts: markup as template literals, in which every value is escaped.

/** Markup that is safe to put into the page. */
export interface Markup {
  readonly markup: string
}

type Value = string | number | false | undefined | Markup | readonly Markup[]

const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

const write = (value: Value): string => {
  if (value === undefined || value === false) return ''
  if (typeof value != 'object') return escape(String(value))
  return 'markup' in value ? value.markup : value.map(write).join('')
}

/** Markup; `false` and `undefined` write nothing. */
export const html = (texts: TemplateStringsArray, ...values: readonly Value[]): Markup => ({
  markup: String.raw({ raw: texts }, ...values.map(write)),
})

/** Replaces what is in `place`. */
export const render = (place: Element, { markup }: Markup) => {
  place.innerHTML = markup
}

/**
 * The element within `place`.
 * @throws where there is none
 */
export const find = <Kind extends Element = HTMLElement>(
  place: Element,
  selector: string,
): Kind => {
  const found = place.querySelector<Kind>(selector)
  if (!found) throw new Error(`nothing matches ${selector}`)
  return found
}
