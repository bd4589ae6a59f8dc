// collector.ts: a real collector process for tests.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { OtlpSpan, TracesData } from 'lightspan/wire'

/** The built command. */
export const collectorCli = fileURLToPath(
  new URL('../../packages/collector/dist/cli.js', import.meta.url),
)

/** A collector process. */
export interface TestCollector {
  url: string
  data: string
  pid: number
  /** What it has said on stderr so far. */
  complaints: () => string
  /** SIGTERM; resolves with its exit code. */
  stop: () => Promise<number | null>
  /** SIGKILL; resolves when it is gone. */
  kill: () => Promise<void>
  /** Removes its data; call it when it is gone. */
  clean: () => Promise<void>
  get: <Answer>(path: string) => Promise<Answer>
  post: (path: string, body: BodyInit, headers?: Record<string, string>) => Promise<Response>
  /** The trace once it has that many spans; rejects after 10 s. */
  trace: (id: string, atLeast?: number) => Promise<TracesData>
  /** The samples of `/metrics`, by name and labels as they stand there. */
  metrics: () => Promise<Map<string, number>>
  /** Resolves when everything that was acknowledged is in the store; rejects after 20 s. */
  settled: () => Promise<void>
}

/** All spans of a trace. */
export const spansOf = ({ resourceSpans }: TracesData): OtlpSpan[] =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))

const later = (ms: number) => new Promise((go) => setTimeout(go, ms))

/** Asks again and again until there is an answer; rejects after `patience` ms. */
export const eventually = async <Result>(
  ask: () => Promise<Result | undefined>,
  what: () => string,
  patience = 10_000,
): Promise<Result> => {
  for (const end = Date.now() + patience; Date.now() < end;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await later(25)
  }
  throw new Error(`${patience / 1e3} s passed; ${what()}`)
}

const readSamples = (text: string) =>
  new Map(
    text
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
      .map((line): [string, number] => {
        const at = line.lastIndexOf(' ')
        return [line.slice(0, at), Number(line.slice(at + 1))]
      }),
  )

/** What a collector at `url` is asked. */
const createAsking = (url: string) => {
  const get = async <Answer>(path: string) => {
    const response = await fetch(url + path)
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Answer
  }
  const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(url + path, { method: 'POST', body, headers })
  const metrics = async () => readSamples(await (await fetch(url + '/metrics')).text())
  const trace = async (id: string, atLeast = 1) => {
    let seen = 0
    return eventually(
      async () => {
        const response = await fetch(`${url}/api/traces/${id}`)
        if (!response.ok && response.status != 404) throw new Error(await response.text())
        const trace = response.ok ? ((await response.json()) as TracesData) : undefined
        seen = trace ? spansOf(trace).length : 0
        return seen >= atLeast ? trace : undefined
      },
      () => `trace ${id} has ${seen} spans, not ${atLeast}`,
    )
  }
  const settled = async () => {
    await eventually(
      async () =>
        (await metrics()).get('lightspan_collector_waiting_spans') === 0 ? true : undefined,
      () => 'spans still wait for the store',
      20_000,
    )
  }
  return { get, post, metrics, trace, settled }
}

/** Starts a collector on a free port, with a data folder of its own unless one is given. */
export const startCollector = async ({
  args = [],
  env = {},
  data,
}: {
  args?: readonly string[]
  env?: Record<string, string>
  data?: string
} = {}): Promise<TestCollector> => {
  if (!existsSync(collectorCli)) throw new Error('the collector is not built: run npm run build')
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'lightspan-collector-')))
  const child = spawn(process.execPath, [collectorCli, '--port', '0', '--data', folder, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  // not to outlive a test run that was broken off
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  let complaints = ''
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()))
  const exit = once(child, 'exit') as Promise<[number | null]>
  void exit.then(() => process.off('exit', killWithUs))
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>
  const first = await Promise.race([line, exit])
  const [, url] = /listening on (http:\S+)$/.exec(String(first[0])) ?? []
  if (!url) throw new Error(`the collector did not start (${String(first[0])}): ${complaints}`)
  return {
    url,
    data: folder,
    pid: child.pid!,
    complaints: () => complaints,
    stop: async () => {
      child.kill('SIGTERM')
      return (await exit)[0]
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exit
    },
    clean: () => rm(folder, { recursive: true, force: true }),
    ...createAsking(url),
  }
}
