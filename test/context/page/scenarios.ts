// scenarios.ts: what an application does after a click. Compiled as its own bundle, once per way to keep context.

/** What the page around gives. `load` is the request that should be the click's child. */
export interface Tools {
  load: (tag: string) => Promise<Response>
  bind: <Work extends (...args: never[]) => unknown>(work: Work) => Work
}

/** A scenario: it ends, sooner or later, in `load(name)`; `undefined` where the engine lacks something. */
export type Scenario = (load: () => Promise<Response>, tools: Tools) => unknown

const sleep = (ms: number) => new Promise<void>((later) => setTimeout(later, ms))
const absent = 'absent'

const thenable = <Value>(work: () => Value) => ({
  then: (done: (value: Value) => void) => done(work()),
})

const openDatabase = () =>
  new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('scenarios', 1)
    request.onupgradeneeded = () => request.result.createObjectStore('store')
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error!)
  })

// What an application sets up once, long before anybody clicks.
const channel = new MessageChannel()
const messages: (() => void)[] = []
channel.port1.onmessage = () => messages.shift()?.()
const bus = new EventTarget()
const emitter = new Set<() => void>()
const queue: (() => void)[] = []
setInterval(() => queue.shift()?.(), 10)
const database = openDatabase()
database.catch(() => {})

const echo = () =>
  new Worker(URL.createObjectURL(new Blob(['onmessage = ({ data }) => postMessage(data)'])))

async function* numbers(ms = 2) {
  for (let n = 0; n < 3; n++) {
    await sleep(ms)
    yield n
  }
}

class Store {
  #value = 0
  load = async () => {
    await sleep(1)
    return ++this.#value
  }
  async save(load: () => Promise<Response>) {
    await this.load()
    return load()
  }
}

export const scenarios: Record<string, Scenario> = {
  'a synchronous call': (load) => load(),
  'after one await': async (load) => {
    await Promise.resolve()
    await load()
  },
  'after three awaits of different kinds': async (load) => {
    await sleep(2)
    await fetch('/api/200?step')
    await Promise.resolve(null)
    await load()
  },
  'after await fetch and its body': async (load) => {
    const response = await fetch('/api/200?step')
    await response.text()
    await load()
  },
  'nested async functions': async (load) => {
    const inner = async () => {
      await sleep(1)
      return load()
    }
    await (async () => inner())()
  },
  'an async method of a class': (load) => new Store().save(load),
  'a default parameter that awaits': async (load) => {
    const wait = async (first = sleep(1)) => {
      await first
      await load()
    }
    await wait()
  },
  'catch after a rejection': async (load) => {
    try {
      await sleep(1).then(() => Promise.reject(new Error('expected')))
    } catch {
      await load()
    }
  },
  'finally after a rejection': async (load) => {
    try {
      await (async () => {
        try {
          await Promise.reject(new Error('expected'))
        } finally {
          void load()
        }
      })()
    } catch {
      // as expected
    }
  },
  'promise.then': (load) => sleep(1).then(load),
  'then, catch and finally in a chain': (load) =>
    sleep(1)
      .then(() => Promise.reject(new Error('expected')))
      .catch(() => sleep(1))
      .finally(() => void load()),
  'Promise.all of async functions': async (load) => {
    const wait = async (ms: number) => {
      await sleep(ms)
      return ms
    }
    await Promise.all([wait(1), wait(2)])
    await load()
  },
  'Promise.race, any and allSettled': async (load) => {
    await Promise.race([sleep(1), sleep(5)])
    await Promise.any([Promise.reject(new Error('expected')), sleep(1)])
    await Promise.allSettled([sleep(1), Promise.reject(new Error('expected'))])
    await load()
  },
  'an awaited thenable': async (load) => {
    await sleep(1)
    await thenable(load)
  },
  'a thenable that an async function returns': async (load) => {
    await sleep(1)
    const query = async () => thenable(load)
    await query()
  },
  'a thenable in Promise.all': async (load) => {
    await sleep(1)
    await Promise.all([thenable(load)])
  },
  setTimeout: (load) => void setTimeout(load, 2),
  'setInterval, its second time': (load) => {
    let times = 0
    const timer = setInterval(() => {
      if (++times < 2) return
      clearInterval(timer)
      void load()
    }, 2)
  },
  queueMicrotask: (load) => queueMicrotask(() => void load()),
  'a microtask of a timer': (load) => setTimeout(() => queueMicrotask(() => void load()), 1),
  requestAnimationFrame: (load) => void requestAnimationFrame(() => void load()),
  requestIdleCallback: (load) =>
    typeof requestIdleCallback == 'function'
      ? void requestIdleCallback(() => void load(), { timeout: 50 })
      : absent,
  'scheduler.postTask and yield': async (load) => {
    const { scheduler } = globalThis as {
      scheduler?: { postTask: (work: () => void) => Promise<void>; yield: () => Promise<void> }
    }
    if (!scheduler) return absent
    await scheduler.yield()
    await scheduler.postTask(() => void load())
    return
  },
  'a MessageChannel of the click': (load) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => void load()
    port2.postMessage(0)
  },
  'a MessageChannel of a scheduler': (load) => {
    messages.push(() => void load())
    channel.port2.postMessage(0)
  },
  'a MutationObserver': (load) => {
    const node = document.createElement('i')
    new MutationObserver(() => void load()).observe(node, { attributes: true })
    node.id = 'changed'
  },
  'an IntersectionObserver': (load) => {
    const observer = new IntersectionObserver(() => {
      observer.disconnect()
      void load()
    })
    observer.observe(document.body)
  },
  'a ResizeObserver': (load) => {
    const observer = new ResizeObserver(() => {
      observer.disconnect()
      void load()
    })
    observer.observe(document.body)
  },
  'a generator that timers drive': (load) => {
    const steps = (function* () {
      yield
      yield
      void load()
    })()
    // created by the click, driven by nobody in particular
    const timer = setInterval(() => steps.next().done && clearInterval(timer), 2)
  },
  'an async generator': async (load) => {
    const pages = (async function* () {
      await sleep(1)
      yield 1
      await load()
    })()
    for await (const _ of pages) await sleep(1)
  },
  'for await, then on': async (load) => {
    for await (const n of numbers()) if (n == 1) break
    await load()
  },
  'for await over an array, and out of it': async (load) => {
    const list: unknown = [1, sleep(2), 3]
    for await (const n of list as AsyncIterable<unknown>) if (n === undefined) break
    await load()
  },
  'yield* through two async generators': async (load) => {
    const outer = async function* () {
      yield* numbers()
      yield* [1, 2]
      await load()
    }
    for await (const _ of outer());
  },
  'a stream, read to its end': async (load) => {
    const reader = (await fetch('/api/200?stream=2')).body!.getReader()
    while (!(await reader.read()).done);
    await load()
  },
  'import()': async (load) => {
    const url = 'data:text/javascript,export default 1'
    await import(url)
    await load()
  },
  'crypto.subtle': async (load) => {
    if (!globalThis.crypto?.subtle) return absent
    await crypto.subtle.digest('SHA-256', new Uint8Array(8))
    return load()
  },
  'IndexedDB, by its events': async (load) => {
    const request = (await database).transaction('store').objectStore('store').get('key')
    request.onsuccess = () => void load()
  },
  'XMLHttpRequest, by handler': (load) => {
    const xhr = new XMLHttpRequest()
    xhr.open('GET', '/api/200?step')
    xhr.onload = () => void load()
    xhr.send()
  },
  'XMLHttpRequest, by listener': (load) => {
    const xhr = new XMLHttpRequest()
    xhr.addEventListener('loadend', { handleEvent: () => void load() })
    xhr.open('GET', '/api/200?step')
    xhr.send()
  },
  'a FileReader': (load) => {
    const reader = new FileReader()
    reader.onload = () => void load()
    reader.readAsText(new Blob(['text']))
  },
  'an image': (load) => {
    const image = new Image()
    image.onload = () => void load()
    image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=='
  },
  'a worker and back': (load) => {
    const worker = echo()
    worker.onmessage = () => {
      worker.terminate()
      void load()
    }
    worker.postMessage(0)
  },
  'Web Locks': async (load) => {
    if (!navigator.locks) return absent
    await navigator.locks.request('scenarios', async () => {
      await sleep(1)
      await load()
    })
    return
  },
  'an abort': async (load) => {
    const stop = new AbortController()
    stop.signal.addEventListener('abort', () => void load())
    await sleep(1)
    stop.abort()
  },
  'an event emitter': async (load) => {
    const hear = () => {
      bus.removeEventListener('done', hear)
      void load()
    }
    bus.addEventListener('done', hear)
    await sleep(1)
    bus.dispatchEvent(new Event('done'))
  },
  'an event bus, through bind': (load, { bind }) => {
    const hear = bind(() => {
      emitter.delete(hear)
      void load()
    })
    emitter.add(hear)
  },
  'a queue, through bind': (load, { bind }) => void queue.push(bind(() => void load())),
}

/** Work that belongs to no click, and goes on beside all of them. */
export const startStrangers = ({ load }: Tools): (() => void) => {
  let live = true
  let open: (() => void)[] = []
  const wait = () => new Promise<void>((resolve) => open.push(resolve))
  const loop = async () => {
    while (live) {
      await sleep(15)
      await load('stranger')
    }
  }
  const chain = (): Promise<unknown> => sleep(15).then(() => live && load('stranger').then(chain))
  // wakes in the very microtask checkpoint of a click's own listener
  const woken = async () => {
    while (live) {
      await wait()
      void load('stranger')
    }
  }
  const wokenChain = (): Promise<unknown> =>
    wait()
      .then(() => void load('stranger'))
      .then(wokenChain)
  const timer = setInterval(() => {
    for (const hear of emitter) hear()
    void load('stranger')
  }, 20)
  void loop()
  void chain()
  void woken()
  void wokenChain()
  addEventListener(
    'click',
    () => {
      const all = open
      open = []
      for (const wake of all) wake()
    },
    true,
  )
  return () => {
    live = false
    clearInterval(timer)
  }
}

let openShared: () => void = () => {}
const shared = new Promise<void>((resolve) => (openShared = resolve))

/** Clicks at once: each goes on for a while, and all wait for a promise that the last one settles. */
export const interleave = async (load: () => Promise<Response>, last: boolean): Promise<void> => {
  for (let step = 0; step < 3; step++) {
    await sleep(step)
    await Promise.all([sleep(1), sleep(0)])
    void load()
  }
  if (last) openShared()
  await shared
  await load()
}
