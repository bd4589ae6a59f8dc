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

const openTab = async (
  call: Awaited<ReturnType<typeof connect>>,
  capabilities: object,
): Promise<Tab> => {
  const session = (await call('POST', '/session', {
    capabilities: { alwaysMatch: capabilities },
  })) as { sessionId: string }
  const at = `/session/${session.sessionId}`
  const find = async (selector: string) => {
    const found = await call('POST', `${at}/element`, { using: 'css selector', value: selector })
    return (found as Record<string, string>)[elementKey]!
  }
  const script = `const done = arguments[arguments.length - 1];
    Promise.resolve(0).then(() => eval(arguments[0])).then(
      (value) => done({ value }), (error) => done({ error: String(error && error.stack || error) }))`
  return {
    go: async (url) => void (await call('POST', `${at}/url`, { url })),
    run: async (work, ...args) => {
      const body = { script, args: [asExpression(work, args)] }
      const answer = await call('POST', `${at}/execute/async`, body)
      const { value, error } = answer as { value: never; error?: string }
      if (error) throw new Error(error)
      return value
    },
    click: async (selector) =>
      void (await call('POST', `${at}/element/${await find(selector)}/click`, {})),
    press: async (selector, key) => {
      const text = keys[key] ?? key
      await call('POST', `${at}/element/${await find(selector)}/value`, { text })
    },
    shut: async () => void (await call('DELETE', `${at}/window`)),
    // closing its last window has ended the session already
    close: async () => void (await call('DELETE', at).catch(() => {})),
  }
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
