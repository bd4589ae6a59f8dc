// route.ts: few names for many paths, learned from the paths of one page.

import { pathTemplate } from './url.ts'

/** Names that a page gives. What comes later shares one. */
const most = 40

/** Different segments in one place of a route, before all others there are one. */
const mostSiblings = 8

/**
 * Gives a path's route. Segments that look like words are kept until one place has seen too many of them
 * (`/product/red-shoes`, `/product/blue-hat`, …): then they are `{slug}`. Memory and names are bounded.
 */
export const createRoutes = (): ((path: string) => string) => {
  const children = new Map<string, Set<string>>()
  const names = new Set<string>()
  return (path) => {
    let route = ''
    for (const part of pathTemplate(path).split('/').slice(1)) {
      const seen = children.get(route) || new Set()
      if (children.size < most) children.set(route, seen)
      if (part != '{id}' && seen.size < mostSiblings) seen.add(part)
      route += '/' + (part == '{id}' || seen.has(part) ? part : '{slug}')
    }
    if (names.size < most) names.add(route)
    return names.has(route) ? route : '/{path}'
  }
}
