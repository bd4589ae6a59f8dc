// links.ts: a plain click on one of our own links changes the address without a page load.

/** Listens for the life of the document. What opens elsewhere (modifier, target) is left alone. */
export const followLinks = (
  page: Document,
  navigate: (href: string, replace?: boolean) => void,
): void => {
  page.addEventListener('click', (event) => {
    const { button, metaKey, ctrlKey, shiftKey, altKey, target } = event
    if (event.defaultPrevented || button || metaKey || ctrlKey || shiftKey || altKey) return
    const link = target instanceof Element ? target.closest<HTMLAnchorElement>('a[href]') : null
    const href = link?.getAttribute('href')
    if (!link || link.target || !href?.startsWith('/') || href.startsWith('//')) return
    event.preventDefault()
    navigate(href, link.hasAttribute('data-replace'))
  })
}
