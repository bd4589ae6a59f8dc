// targets.ts: which origins may be sent trace context.

/** An origin: exact (`https://api.example.com`), with `*.` for any subdomain, or a RegExp for the origin alone. */
export type Target = string | RegExp

const matches = (target: Target, origin: string): boolean => {
  if (typeof target != 'string') {
    target.lastIndex = 0 // a global or sticky expression remembers where it stopped
    return target.test(origin)
  }
  const [scheme, host] = target.split('*.')
  return host === undefined
    ? target == origin
    : origin.startsWith(scheme!) &&
        origin.endsWith('.' + host) &&
        (!!scheme || /^https?:/.test(origin))
}

/**
 * Whether trace context may travel to `origin`. A wildcard without scheme (`*.example.com`) means
 * any http(s) scheme. Only origins are compared: a path or a query can never make one match.
 */
export const mayPropagate = (targets: readonly Target[], origin: string, own?: string): boolean =>
  origin == own || targets.some((target) => matches(target, origin))
