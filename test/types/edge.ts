// What a wrapped handler wants and its options are told, however it is written. Compiled by types.test.ts, never run.

import { relay, toOtlp, traced } from '@lightspan/edge'

interface Env {
  INGEST: string
}
interface Special extends Request {
  country: string
}
interface Context {
  waitUntil: (promise: Promise<unknown>) => void
}
declare const request: Request
declare const special: Special
declare const env: Env
declare const context: Context

const fixed = { service: 'edge', url: 'https://collector.example/v1/spans' }
const ofEnv = ({ INGEST }: Env) => ({ ...fixed, url: INGEST })
const ofOther = ({ URL }: { URL: string }) => ({ ...fixed, url: URL })
const hello = () => new Response('hello')

// Inline in each other, object or function, the env that the handler declares is that of both options.
const inline = relay(
  traced({ fetch: (request, env: Env) => fetch(request.url + env.INGEST), more: 1 }, (env) => ({
    ...fixed,
    url: env.INGEST,
  })),
  (env) => ({ url: env.INGEST, convert: toOtlp }),
)
void inline.fetch(request, env)
inline.more.toFixed()
const plain = relay(
  traced(
    (request, env: Env) => fetch(request.url + env.INGEST),
    (env) => ofEnv(env),
  ),
  (env) => ({ url: env.INGEST }),
)
void plain(request, env)

// A handler without env leaves it to the first options that say what it is.
const told = relay(traced({ fetch: hello }, ofEnv), (env) => ({ url: env.INGEST }))
void told.fetch(request, env)
void relay(traced(hello, ofEnv), ofEnv)(request, env)

// Where nobody wants any, none is wanted.
void relay(traced({ fetch: hello }, fixed), fixed).fetch(request)
void traced(hello, () => fixed)(request)

// The runtime's own request and what else it gives stay what they are.
const own = traced((request: Special, env: Env & { more: number }, context: Context) => {
  context.waitUntil(fetch(request.country + env.more))
  return hello()
}, ofEnv)
void own(special, { ...env, more: 1 }, context)

class Worker {
  fetch(request: Request, env: Env) {
    return new Response(request.url + env.INGEST)
  }
  scheduled() {}
}
const worker = traced(new Worker(), (env) => ofEnv(env))
void worker.fetch(request, env)
worker.scheduled()

// @ts-expect-error the handler wants an env
void inline.fetch(request)
// @ts-expect-error so do the options
void told.fetch(request)
// @ts-expect-error a plain request is not what the handler wants
void own(request, { ...env, more: 1 }, context)
// @ts-expect-error the env has no such member
relay(traced({ fetch: (_, env: Env) => fetch(env.INGEST) }, ofEnv), (env) => ({ url: env.URL }))
// @ts-expect-error nobody says what the env is
traced(hello, (env) => ({ ...fixed, url: env.INGEST }))
// @ts-expect-error an env that is not the handler's
traced((_, env: Env) => fetch(env.INGEST), ofOther)
// @ts-expect-error a handler gives a response
traced({ fetch: () => 3 }, fixed)
