// `npm start` as somebody runs it: its own process, ports that are taken, Ctrl-C, and death without warning.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alive, descendants, type Process } from './processes.ts'

const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))

let data: string
let taken: Server[] = []
let started: ChildProcess[] = []

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'lightspan-start-'))
})

afterEach(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  started = []
  for (const server of taken) server.close()
  taken = []
  await rm(data, { recursive: true, force: true })
})

/** A port that somebody else listens on. */
const takePort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  taken.push(server)
  return (server.address() as AddressInfo).port
}

const start = (...args: string[]) => {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  let said = ''
  const heard = new EventTarget()
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      said += text.toString()
      heard.dispatchEvent(new Event('more'))
    })
  const exit = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  return {
    pid: child.pid!,
    said: () => said,
    exit,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Resolves with what `pattern` found; rejects where the process ends first. */
    says: (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(said)
          if (found) resolve(found)
        }
        heard.addEventListener('more', look)
        look()
        void exit.then(([code]) => reject(new Error(`it ended (${code}): ${said}`)))
      }),
  }
}

const addresses = /Shop +(http:\S+)\s+Viewer +(http:\S+)/

const untilGone = async (those: readonly Process[]) => {
  for (const end = Date.now() + 15_000; Date.now() < end;) {
    if (!alive(those).length) return
    await new Promise((later) => setTimeout(later, 50))
  }
  const left = alive(those).map(({ command }) => command)
  throw new Error(`15 s passed; still there: ${left.join(', ')}`)
}

describe('npm start', () => {
  test('says which ports are taken, takes others, and what it prints answers', async () => {
    const [port, shopPort] = [await takePort(), await takePort()]
    const it = start('--port', `${port}`, '--shop-port', `${shopPort}`, '--data', data)
    const [, shop, viewer] = await it.says(addresses)
    expect(it.said()).toContain(`Port ${port} is taken.`)
    expect(it.said()).toContain(`Port ${shopPort} is taken.`)
    expect([new URL(shop!).port, new URL(viewer!).port]).not.toContain(`${port}`)
    expect([new URL(shop!).port, new URL(viewer!).port]).not.toContain(`${shopPort}`)
    expect(await (await fetch(shop!)).text()).toContain('data-service="shop-web"')
    expect(await (await fetch(new URL('/api/lamps', shop))).json()).toHaveLength(8)
    expect(await (await fetch(viewer!)).text()).toContain('<title>Lightspan</title>')
    expect(await (await fetch(new URL('/healthz', viewer))).json()).toEqual({ status: 'ok' })
  }, 120_000)

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'ends with all its processes and code 0 on %s',
    async (signal) => {
      const it = start('--port', '0', '--shop-port', '0', '--data', data)
      await it.says(addresses)
      const processes = descendants(it.pid)
      // collector, payments, orders, the edge's keeper and workerd
      expect(processes.length).toBeGreaterThanOrEqual(5)
      it.kill(signal)
      expect(await it.exit).toEqual([0, null])
      expect(alive(processes)).toEqual([])
    },
    120_000,
  )

  test('takes its processes with it where it is killed', async () => {
    const it = start('--port', '0', '--shop-port', '0', '--data', data)
    await it.says(addresses)
    const processes = descendants(it.pid)
    expect(processes.length).toBeGreaterThanOrEqual(5)
    it.kill('SIGKILL')
    await untilGone(processes)
  }, 120_000)

  test('ends, and says why, where one of its processes does', async () => {
    const it = start('--port', '0', '--shop-port', '0', '--data', data)
    await it.says(addresses)
    const processes = descendants(it.pid)
    const payments = processes.find(({ command }) => command.includes('payments.js'))!
    process.kill(payments.pid, 'SIGKILL')
    expect(await it.exit).toEqual([1, null])
    expect(it.said()).toContain('payments ended (SIGKILL). Stopping.')
    expect(alive(processes)).toEqual([])
  }, 120_000)

  test('says so where another one has the same data', async () => {
    await start('--port', '0', '--shop-port', '0', '--data', data).says(addresses)
    const second = start('--port', '0', '--shop-port', '0', '--data', data)
    expect(await second.exit).toEqual([1, null])
    expect(second.said()).toContain(`${data} is in use by another collector`)
  }, 120_000)

  test('explains its options, and what is wrong with them', async () => {
    const help = start('--help')
    expect(await help.exit).toEqual([0, null])
    for (const option of ['--port', '--shop-port', '--data', '--help'])
      expect(help.said()).toContain(option)
    const wrong = start('--port', '99999')
    expect(await wrong.exit).toEqual([1, null])
    expect(wrong.said()).toContain('--port 99999: expected a port, from 0 to 65535.')
    const unknown = start('--prot', '1')
    expect(await unknown.exit).toEqual([1, null])
    expect(unknown.said()).toContain('--prot')
  })
})
