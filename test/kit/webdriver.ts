// webdriver.ts: a browser driven by plain W3C WebDriver calls.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { Tab } from './tab.ts'
import { asExpression } from './expression.ts'

const elementKey = 'element-6066-11e4-a52e-4f735466cecf'

/** WebDriver's code points of keys that are no characters. */
const keys: Record<string, string> = { Enter: '\uE007', Tab: '\uE004', Escape: '\uE00C' }

/** Ends a process and waits until it is gone. */
export const stopProcess = async (child: ChildProcess) => {
  if (child.exitCode !== null || child.signalCode) return
  const ended = once(child, 'exit')
  child.kill()
  await ended
}

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const connect = async (base: string) => {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(base + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    })
    const { value } = (await response.json()) as { value: { error?: string; message?: string } }
    if (!response.ok)
      throw new Error(`WebDriver ${method} ${path}: ${value.error}, ${value.message}`)
    return value
  }
  for (let tries = 0; ; tries++) {
    try {
      await call('GET', '/status')
      return call
    } catch (error) {
      if (tries > 100) throw error
      await new Promise((later) => setTimeout(later, 50))
    }
  }
}

type Call = Awaited<ReturnType<typeof connect>>

// A session has one current window: what is asked of another one switches to it first, and one thing at a time.
const createWindows = (call: Call, at: string) => {
  let current = ''
  let last: Promise<unknown> = Promise.resolve()
  const next = <Result>(work: () => Promise<Result>) => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
  const inWindow = (handle: string, method: string, path: string, body?: unknown) =>
    next(async () => {
      if (current != handle) await call('POST', `${at}/window`, { handle })
      current = handle
      return call(method, at + path, body)
    })
  const open = async () => {
    const { handle } = (await next(() => call('POST', `${at}/window/new`, { type: 'tab' }))) as {
      handle: string
    }
    return handle
  }
  const first = async () => (current = (await call('GET', `${at}/window`)) as string)
  return { inWindow, open, first }
}

const script = `const done = arguments[arguments.length - 1];
  Promise.resolve(0).then(() => eval(arguments[0])).then(
    (value) => done({ value }), (error) => done({ error: String(error && error.stack || error) }))`

const createTab = (
  windows: ReturnType<typeof createWindows>,
  handle: string,
  close: () => Promise<void>,
): Tab => {
  const ask = (method: string, path: string, body?: unknown) =>
    windows.inWindow(handle, method, path, body)
  const find = async (selector: string) => {
    const found = await ask('POST', '/element', { using: 'css selector', value: selector })
    return (found as Record<string, string>)[elementKey]!
  }
  return {
    go: async (url) => void (await ask('POST', '/url', { url })),
    run: async (work, ...args) => {
      const body = { script, args: [asExpression(work, args)] }
      const answer = await ask('POST', '/execute/async', body)
      const { value, error } = answer as { value: never; error?: string }
      if (error) throw new Error(error)
      return value
    },
    click: async (selector) =>
      void (await ask('POST', `/element/${await find(selector)}/click`, {})),
    press: async (selector, key) => {
      const text = keys[key] ?? key
      await ask('POST', `/element/${await find(selector)}/value`, { text })
    },
    shut: async () => void (await ask('DELETE', '/window')),
    beside: async () => createTab(windows, await windows.open(), close),
    close,
  }
}

const openTab = async (call: Call, capabilities: object): Promise<Tab> => {
  const begin = () =>
    call('POST', '/session', { capabilities: { alwaysMatch: capabilities } }) as Promise<{
      sessionId: string
    }>
  // Rarely MiniBrowser does not come up, and its driver waits in vain. No page of ours is open by then, and the next one
  // comes as ever.
  const session = await begin().catch((error: Error) => {
    if (error.name != 'TimeoutError') throw error
    console.warn('the browser did not come up in 30 s: another one is started')
    return begin()
  })
  const at = `/session/${session.sessionId}`
  const windows = createWindows(call, at)
  // closing its last window has ended the session already
  const close = async () => void (await call('DELETE', at).catch(() => {}))
  return createTab(windows, await windows.first(), close)
}

/**
 * Starts a driver.
 * @returns what opens a tab, which is a browser of its own: a driver's session has one; and the end.
 */
export const startDriver = async (
  program: string,
  args: readonly string[],
  capabilities: object,
  env: Record<string, string> = {},
) => {
  const port = await freePort()
  const driver = spawn(program, [`--port=${port}`, ...args], {
    stdio: 'ignore',
    env: { ...process.env, ...env },
  })
  const call = await connect(`http://127.0.0.1:${port}`)
  return { tab: () => openTab(call, capabilities), close: () => stopProcess(driver) }
}
