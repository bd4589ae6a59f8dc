// The command: its options and what it says, its health and metrics.

import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { collectorCli, startCollector, type TestCollector } from '../../../test/kit/collector.ts'
import { configOptions, flagOf, readConfig, variableOf } from '../src/config.ts'
import { newId, ways } from './some-traces.ts'

const folder = mkdtempSync(join(tmpdir(), 'lightspan-command-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let running: TestCollector | undefined
afterEach(async () => {
  await running?.stop()
  await running?.clean()
  running = undefined
})

const run = (args: string[], env: Record<string, string> = {}) =>
  new Promise<{ code: number; out: string; err: string }>((done) => {
    const options = { env: { ...process.env, ...env }, timeout: 15_000 }
    execFile(process.execPath, [collectorCli, ...args], options, (error, out, err) =>
      done({ code: error ? Number(error.code) : 0, out, err }),
    )
  })

describe('--help and --version', () => {
  test('name every option, its default, and how to say it elsewhere', async () => {
    const { code, out } = await run(['--help'])
    expect(code).toBe(0)
    for (const { name, usual } of configOptions) {
      expect(out).toContain(`${flagOf(name)} <value>`)
      expect(out.replace(/\s+/g, ' ')).toContain(usual && `default: ${usual}`)
    }
    expect(out).toContain('LIGHTSPAN_MAX_BODY')
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    })
  })
})

describe('what is wrong is said, and ends it with 2', () => {
  const file = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  test.each<[string, string[], Record<string, string>, string]>([
    ['a port', ['--port', 'abc'], {}, '--port: expected a whole number from 0 to 65535, got "abc"'],
    ['a flag nobody knows', ['--prot', '1'], {}, "unknown option '--prot'"],
    ['a word too much', ['serve'], {}, 'too many arguments'],
    ['no file', ['--config', '/nowhere/x.json'], {}, '--config: /nowhere/x.json does not exist'],
    ['several', ['--port', 'x', '--threads', '0'], { LIGHTSPAN_MEMORY: '1' }, 'LIGHTSPAN_MEMORY: '],
    ['a folder', ['--data', join(file('e', ''), 'x')], {}, 'cannot be made'],
    [
      'a host',
      ['--host', '203.0.113.1', '--data', join(folder, 'h')],
      {},
      '--host: 203.0.113.1 is no',
    ],
  ])('%s', async (_, args, env, message) => {
    const { code, out, err } = await run(args, env)
    expect(err).toContain(message)
    expect([code, out]).toEqual([2, ''])
  })

  test.each<[object, NodeJS.ProcessEnv, string | undefined, string]>([
    [{ port: '' }, {}, undefined, '--port: expected a whole number'],
    [{ port: '1.5' }, {}, undefined, '--port: expected a whole number'],
    [{}, { LIGHTSPAN_PORT: '70000' }, undefined, 'LIGHTSPAN_PORT: expected a whole number'],
    [{ origins: 'https://a.example/x' }, {}, undefined, '--origins: expected origins'],
    [{ origins: '' }, {}, undefined, '--origins: expected origins'],
    [{ retention: 'week' }, {}, undefined, '--retention: expected a time such as 36h'],
    [{ memory: 'lots' }, {}, undefined, '--memory: expected a size'],
    [{ maxBody: '4MB' }, {}, undefined, '--max-body: expected a whole number'],
    [{}, {}, '{', 'is not JSON'],
    [{}, {}, '[]', 'is not an object'],
    [{}, {}, '{"prot": 1}', 'prot is no option; options are host, port'],
    [{}, {}, '{"port": true}', 'port in '],
    [{}, {}, '{"keys": [1]}', 'keys in '],
  ])('%j %j %j', (flags, environment, text, message) => {
    const path = text && file('some.json', text)
    expect(() => readConfig({ ...flags }, environment, path)).toThrow(message)
  })

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { code, err } = await run(['--port', String(port), '--data', join(folder, 'taken')])
    other.close()
    expect(err).toContain(`--port: ${port} on 127.0.0.1 is taken`)
    expect(code).toBe(2)
  })

  test('a data folder that another collector uses', async () => {
    running = await startCollector()
    const { code, err } = await run(['--port', '0', '--data', running.data])
    expect(err).toContain(`--data: ${running.data} is in use by another collector`)
    expect(code).toBe(2)
    // and the other one is none the worse
    expect(await running.get('/healthz')).toEqual({ status: 'ok' })
  })
})

describe('options', () => {
  test('from flags go before the environment, that before the file, that before defaults', () => {
    const path = join(folder, 'all.json')
    const file = { port: 1, maxBody: 2048, threads: 3, origins: ['https://a.example'] }
    writeFileSync(path, JSON.stringify(file))
    const environment = { LIGHTSPAN_PORT: '2', LIGHTSPAN_MAX_BODY: '4096', LIGHTSPAN_KEYS: '' }
    expect(readConfig({ port: '3' }, environment, path)).toMatchObject({
      port: 3,
      maxBody: 4096,
      threads: 3,
      origins: ['https://a.example'],
      keys: [],
      retention: 7 * 24 * 3600e3,
    })
    expect(readConfig({}, { LIGHTSPAN_CONFIG: path }).port).toBe(1)
  })

  test('each have a variable of their own', () => {
    const names = configOptions.map(({ name }) => variableOf(name))
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('LIGHTSPAN_MAX_DECODED')
  })

  test('of a real process come from all three', async () => {
    const path = join(folder, 'real.json')
    writeFileSync(path, JSON.stringify({ keys: ['secret'], port: 1 }))
    running = await startCollector({
      args: ['--config', path],
      env: { LIGHTSPAN_ORIGINS: 'https://a.example' },
    })
    const { path: to, type, body } = ways[0]!
    const send = (headers: object) =>
      running!.post(to, body(newId(16)), { 'content-type': type, ...headers })
    expect((await send({})).status).toBe(401)
    expect((await send({ origin: 'https://b.example' })).status).toBe(403)
    expect((await send({ 'lightspan-key': 'secret' })).status).toBe(200)
  })

  test('may say where to listen, also on IPv6', async () => {
    running = await startCollector({ args: ['--host', '::1'] })
    expect(running.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    expect(await running.get('/healthz')).toEqual({ status: 'ok' })
  })
})

test('/metrics is Prometheus text, and counts what was taken, refused and stored', async () => {
  running = await startCollector()
  for (const { path, type, body } of ways) {
    await running.post(path, body(newId(16)), { 'content-type': type })
    await running.post(path, 'no', { 'content-type': type })
  }
  await running.settled()
  await running.get('/api/services')
  const response = await fetch(running.url + '/metrics')
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  const types = new Map<string, string>()
  const helped = new Set<string>()
  for (const line of (await response.text()).trimEnd().split('\n')) {
    const [, what, name, rest] = /^# (HELP|TYPE) (\w+) (.+)$/.exec(line) ?? []
    if (what == 'HELP') helped.add(name!)
    else if (what == 'TYPE') types.set(name!, rest!)
    else if (line) {
      // Prometheus reads numbers as Go does, in any case; prom-client writes "Nan" for what it has no sample of
      const sample = /^(\w+)(\{(\w+="[^"\\]*",?)*\})? (-?\d\S*|NaN|Nan|[+-]Inf)$/.exec(line)
      expect(sample, line).not.toBeNull()
      const family = sample![1]!.replace(/_(bucket|sum|count)$/, '')
      expect(types.has(sample![1]!) || types.get(family) == 'histogram', line).toBe(true)
    }
  }
  expect([...types.keys()].filter((name) => !helped.has(name))).toEqual([])
  const metrics = await running.metrics()
  const of = (name: string) => metrics.get(`lightspan_collector_${name}`)
  for (const format of ['json', 'protobuf', 'compact']) {
    expect(of(`accepted_spans_total{format="${format}"}`)).toBe(1)
    expect(of(`refused_requests_total{format="${format}",status="400"}`)).toBe(1)
    expect(of(`received_bytes_total{format="${format}"}`)).toBeGreaterThan(0)
  }
  expect(of('stored_spans_total')).toBe(3)
  expect(of('waiting_spans')).toBe(0)
  expect(of('log_write_seconds_count')).toBeGreaterThan(0)
  expect(of('query_seconds_count{query="services"}')).toBe(1)
})

test('a request that is refused before its format is known is counted as docs/collector.md says', async () => {
  running = await startCollector({ args: ['--origins', 'https://a.example'] })
  for (const headers of [{ 'content-type': 'text/csv' }, { origin: 'https://b.example' }])
    await running.post('/v1/traces', 'no', headers)
  const document = readFileSync(new URL('../../../docs/collector.md', import.meta.url), 'utf8')
  const row = document.split('\n').find((line) => line.includes('`refused_requests_total`'))!
  const counted = [...(await running.metrics()).keys()].flatMap((name) => {
    const [, format, status] =
      /refused_requests_total\{format="(\w+)",status="(\d+)"/.exec(name) ?? []
    return format ? [{ format, status }] : []
  })
  expect(counted.map(({ status }) => status).toSorted()).toEqual(['403', '415'])
  for (const { format, status } of counted) {
    expect(row).toContain('`' + format + '`')
    expect(row).toContain(status)
  }
})

test('the viewer is served at / and for its pages, and its files may be kept', async () => {
  running = await startCollector()
  const page = await (await fetch(running.url + '/')).text()
  expect(page).toContain('<!doctype html>')
  expect(await (await fetch(running.url + '/trace/' + newId(16))).text()).toBe(page)
  const [, asset] = /(?:src|href)="\.?(\/?assets\/[^"]+)"/.exec(page)!
  const file = await fetch(new URL(asset!, running.url + '/'))
  expect(file.status).toBe(200)
  expect(file.headers.get('cache-control')).toContain('immutable')
})
