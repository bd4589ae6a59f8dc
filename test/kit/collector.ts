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

const cli = fileURLToPath(new URL('../../packages/collector/dist/cli.js', import.meta.url))

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
  /** The trace once it has that many spans; rejects after 10 s. */
  trace: (id: string, atLeast?: number) => Promise<TracesData>
}

/** All spans of a trace. */
export const spansOf = ({ resourceSpans }: TracesData): OtlpSpan[] =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))

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
  if (!existsSync(cli)) throw new Error('the collector is not built: run npm run build')
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'lightspan-collector-')))
  const child = spawn(process.execPath, [cli, '--port', '0', '--data', folder, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let complaints = ''
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()))
  const exit = once(child, 'exit') as Promise<[number | null]>
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>
  const first = await Promise.race([line, exit])
  const [, url] = /listening on (http:\S+)$/.exec(String(first[0])) ?? []
  if (!url) throw new Error(`the collector did not start (${String(first[0])}): ${complaints}`)

  const get = async <Answer>(path: string) => {
    const response = await fetch(url + path)
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Answer
  }
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
    get,
    trace: async (id, atLeast = 1) => {
      let seen = 0
      for (const end = Date.now() + 10_000; Date.now() < end;) {
        const response = await fetch(`${url}/api/traces/${id}`)
        const trace = response.ok ? ((await response.json()) as TracesData) : undefined
        seen = trace ? spansOf(trace).length : 0
        if (trace && seen >= atLeast) return trace
        await new Promise((later) => setTimeout(later, 25))
      }
      throw new Error(`10 s passed; trace ${id} has ${seen} spans, not ${atLeast}`)
    },
  }
}
