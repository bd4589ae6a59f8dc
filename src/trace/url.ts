// url.ts: what of a URL may leave the page.

/**
 * A URL without credentials, fragment and query values (OTel `url.full` asks to scrub them); the
 * names of query parameters stay.
 */
export const redactUrl = ({ protocol, host, pathname, search }: URL): string =>
  `${protocol}//${host}${pathname}${search.replace(/([?&](?:[^&=]*=)?)[^&]+/g, '$1REDACTED')}`

/**
 * A path whose variable parts (numbers, hex ids, UUIDs) are folded to `{id}`, so that names made of
 * paths stay few.
 */
export const pathTemplate = (path: string): string =>
  path.replace(/\/(?:\d+|[\da-f]{8,}(?:-[\da-f]+)*)(?=\/|$)/gi, '/{id}')
