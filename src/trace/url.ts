// url.ts: what of a URL may leave the page.

/** As much of a URL as is told; `location` has that too. */
export type Address = Pick<URL, 'protocol' | 'host' | 'pathname' | 'search'>

/**
 * A URL without credentials, fragment and query values (OTel `url.full` asks to scrub them); the
 * names of query parameters stay. One without a host (`data:`, `blob:`) is content, of which the scheme alone stays.
 * @param keeps whether the value of the parameter of this name stays all the same.
 */
export const redactUrl = (
  { protocol, host, pathname, search }: Address,
  keeps?: (name: string) => boolean,
): string =>
  host || protocol == 'file:'
    ? `${protocol}//${host}${pathname}${
        search &&
        search.replace(
          // `=` at the end may be of a value in base64, without a name
          /([?&])(?:([^&=]+)=(?!=|&|$)[^&]*|[^&]+)/g,
          (all, start: string, name: string = '') =>
            keeps?.(name || all.slice(1)) ? all : `${start}${name && name + '='}REDACTED`,
        )
      }`
    : protocol

// Keys of signed URLs, which nobody may keep (OTel `url.full`).
const signed = /^(AWSAccessKeyId|Signature|sig|X-Goog-Signature|X-Amz-.*)$/i

/**
 * As `redactUrl`, but for some parameters.
 * @param keep names of parameters whose values stay.
 */
export const redactUrlBut = (keep: readonly string[], url: Address): string =>
  redactUrl(url, (name) => keep.includes(name) && !signed.test(name))

// Numbers, UUIDs, hashes, and whatever else has many digits, is long, is encoded or is an address.
const variable = /^[\da-f]{8,}(-[\da-f]+)*$|\d{3}|^\d+$|^.{32,}$|[%@,]/i

/**
 * A path whose parts that are ids by their looks are folded to `{id}`, so that names made of paths stay few.
 */
export const pathTemplate = (path: string): string =>
  path
    .split('/')
    .map((part) => (variable.test(part) ? '{id}' : part))
    .join('/')
