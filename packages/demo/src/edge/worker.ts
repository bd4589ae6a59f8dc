// worker.ts: the shop's edge: serves the page, hands /api on to the orders service, and is traced.

import { traced } from '@lightspan/edge'
import { document } from './document.ts'

/** What the runtime binds to this worker; run/serve-worker.mjs writes the same names into its configuration. */
interface Env {
  /** Origin of the collector. */
  COLLECTOR: string
  /** Origin of the orders service. */
  ORDERS: string
  /** The built page's files. */
  ASSETS: { fetch: (url: URL) => Promise<Response> }
}

const types: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  map: 'application/json',
  woff2: 'font/woff2',
}

/** Paths that the page draws by itself. */
const pages = /^\/(lamps\/\d+|cart|checkout|done)?$/

const html = (status: number, { COLLECTOR }: Env) =>
  new Response(document(COLLECTOR), {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': `default-src 'self'; img-src 'self' data:; connect-src 'self' ${COLLECTOR}`,
    },
  })

const asset = async (url: URL, { ASSETS }: Env) => {
  const { status, body } = await ASSETS.fetch(url)
  const type = types[url.pathname.split('.').pop()!]
  if (status != 200 || !type) return new Response('Not found', { status: 404 })
  return new Response(body, { headers: { 'content-type': type, 'cache-control': 'no-cache' } })
}

const api = (request: Request, { pathname }: URL, { ORDERS }: Env) =>
  fetch(new Request(new URL(pathname.slice('/api'.length), ORDERS), request))

// The path as a route, so that traces of one kind have one name; a path that is none has none.
const route = ({ url }: Request) => {
  const { pathname } = new URL(url)
  const known = pages.test(pathname) || pathname.startsWith('/api/')
  return known ? pathname.replace(/\/\d+/, '/{id}') : undefined
}

const shop = traced(
  {
    fetch: (request: Request, env: Env, _context: unknown) => {
      const url = new URL(request.url)
      if (url.pathname.startsWith('/api/')) return api(request, url, env)
      return html(pages.test(url.pathname) ? 200 : 404, env)
    },
  },
  ({ COLLECTOR, ORDERS }: Env) => ({
    service: 'shop-edge',
    version: '1.0.0',
    url: COLLECTOR + '/v1/spans',
    propagateTo: [ORDERS],
    route,
  }),
)

export default {
  /** Files go out before the traced worker, as platforms do it too: they would only be noise. */
  fetch: (request: Request, env: Env, context: unknown): Response | Promise<Response> => {
    const url = new URL(request.url)
    return url.pathname.startsWith('/assets/') ? asset(url, env) : shop.fetch(request, env, context)
  },
}
