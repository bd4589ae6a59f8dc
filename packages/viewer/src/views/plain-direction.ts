// plain-direction.ts: no text that was sent turns the writing of the page around.
//
// A control character of Unicode's bidirectional algorithm makes `user_\u202Egpj.exe` read as `user_exe.jpg`, or swaps what
// stands beside it. Whatever is rendered goes through here once, so that no view can forget it; what is copied or asked
// for is not rendered, and stays as it came.

import { Fragment, options, type ComponentChildren, type Options, type VNode } from 'preact'

/** Marks, embeddings, overrides and isolates: characters of no width that only set directions. */
const controls = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g

/** The text with such characters spelled out: `⟨U+202E⟩`. */
export const spellControls = (text: string): string =>
  text.replace(
    controls,
    (it) => `⟨U+${it.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  )

/** What a person reads or hears of an element besides its content. */
const spoken = ['title', 'aria-label', 'placeholder']

const spellChildren = (children: ComponentChildren): ComponentChildren =>
  typeof children == 'string'
    ? spellControls(children)
    : Array.isArray(children)
      ? children.map(spellChildren)
      : children

const spellElement = ({ type, props }: VNode) => {
  // a component passes on what it is given, to elements
  if (typeof type == 'function' && type != Fragment) return
  const known = props as Record<string, unknown>
  if (known['children'] !== undefined)
    known['children'] = spellChildren(known['children'] as ComponentChildren)
  for (const name of spoken) {
    const said = known[name]
    if (typeof said == 'string') known[name] = spellControls(said)
  }
}

/** Has everything that is rendered from now on go through `spellControls`. Others' hooks go on working. */
export const keepDirections = (hooks: Options = options): void => {
  const before = hooks.vnode?.bind(hooks)
  hooks.vnode = (vnode) => {
    spellElement(vnode)
    before?.(vnode)
  }
}
