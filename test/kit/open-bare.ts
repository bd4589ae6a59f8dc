// open-bare.ts: a page of Chromium's with nothing of a driver's beside it, for tests of thousands of requests.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { asExpression } from './expression.ts'
import { findBrowser } from './find-browsers.ts'
import { quiet } from './open-chromium.ts'
import type { Tab } from './tab.ts'
import { stopProcess } from './webdriver.ts'

interface Message {
  id: number
  error?: { message: string }
  result: object
}

/** What a script in the page came to. */
interface Evaluated {
  result: { value: unknown }
  exceptionDetails?: object
}

// The DevTools protocol, with no domain of it turned on.
const connect = async (address: string) => {
  const socket = new WebSocket(address, { perMessageDeflate: false })
  await once(socket, 'open')
  const waiting: ((message: Message) => void)[] = []
  socket.on('message', (text: Buffer) => {
    const message = JSON.parse(text.toString()) as Message
    waiting[message.id]?.(message)
  })
  return async (method: string, params: object = {}, sessionId?: string): Promise<object> => {
    const { error, result } = await new Promise<Message>((hear) => {
      const id = waiting.push(hear) - 1
      socket.send(JSON.stringify({ id, method, params, sessionId }))
    })
    if (error) throw new Error(`${method}: ${error.message}`)
    return result
  }
}

const startBare = async (profile: string, args: readonly string[]) => {
  const browser = spawn(
    findBrowser('chromium'),
    [...quiet, ...args, '--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  for await (const line of createInterface(browser.stderr)) {
    const [address] = /ws:\S+/.exec(line) ?? []
    if (!address) continue
    browser.stderr.resume()
    return { browser, address }
  }
  throw new Error('Chromium did not start')
}

/** Starts Chromium with `args` and goes to `url`. The caller closes it. */
export const openBare = async (url: string, args: readonly string[]) => {
  const profile = await mkdtemp(join(tmpdir(), 'lightspan-chromium-'))
  const { browser, address } = await startBare(profile, args)
  const call = await connect(address)
  const { targetId } = (await call('Target.createTarget', { url })) as { targetId: string }
  const attached = await call('Target.attachToTarget', { targetId, flatten: true })
  const { sessionId } = attached as { sessionId: string }
  const send = (method: string, params?: object) => call(method, params, sessionId)
  const run: Tab['run'] = async (work, ...args) => {
    const expression = asExpression(work, args)
    const asked = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = (await send('Runtime.evaluate', asked)) as Evaluated
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails))
    return result.value as never
  }
  // it is somewhere else first
  const isThere = (wanted: string) => location.href == wanted && document.readyState == 'complete'
  while (!(await run(isThere, url).catch(() => false)))
    await new Promise((later) => setTimeout(later, 20))
  return {
    /** One command of the DevTools protocol. */
    send,
    /** As a tab's. */
    run,
    close: async () => {
      await stopProcess(browser)
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
