// name-of.ts: what an element is called, without a word of its content.

import { attempt } from './attempt.ts'

/**
 * The closest control's `data-lightspan-name`, else its role or tag and its id. Never text or values:
 * they can be anything, a password too.
 */
export const nameOf = (target: unknown): string =>
  attempt(() => {
    // The platform's own, also for elements of other frames: a form has its controls in the place of what they are called.
    const { prototype } = Element
    let named: Element | null | undefined
    // a component's host, and what that is in, is around all that is within; a link that is nowhere has a `host` too
    for (
      let at = target, root: Node;
      at && !named;
      at = root.nodeType == 11 && Reflect.get(root, 'host')
    ) {
      named = prototype.closest.call(at, '[data-lightspan-name]')
      root = prototype.getRootNode.call(at)
    }
    const control =
      prototype.closest.call(target, 'button,a,input,select,textarea,summary,label,[role],[id]') ||
      target
    const id = prototype.getAttribute.call(control, 'id')
    return (
      (named && prototype.getAttribute.call(named, 'data-lightspan-name')) ||
      (prototype.getAttribute.call(control, 'role') ||
        Reflect.get(prototype, 'localName', control)) + (id ? '#' + id : '')
    )
  }) || ''
