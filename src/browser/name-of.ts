// name-of.ts: what an element is called, without a word of its content.

/**
 * The closest control's `data-lightspan-name`, else its role or tag and its id. Never text or values:
 * they can be anything, a password too.
 */
export const nameOf = (target: unknown): string => {
  if (!(target instanceof Element)) return ''
  const named = target.closest('[data-lightspan-name]')?.getAttribute('data-lightspan-name')
  const control =
    target.closest('button,a,input,select,textarea,summary,label,[role],[id]') || target
  const role = control.getAttribute('role') || control.localName
  return named || role + (control.id && '#' + control.id)
}
