// shelf.ts: bodies that outlive the page, in IndexedDB, bounded in bytes and age.

import { attempt } from './attempt.ts'
import { byteSize } from './byte-size.ts'
import { leaveBehind, leftBehind, type Key } from './left-behind.ts'

/** What travels. */
export type Body = ArrayBuffer | string

/** A body that waits. */
export interface Kept {
  body: Body
  /** The address that it is for. */
  to: string
  /** Some page is at it until then, in ms since the Unix epoch. */
  until: number
}

/** The first body that nobody is at, and whether somebody is at one before it. */
interface Claim {
  first?: { key: Key; kept: Kept }
  leased?: boolean
}

const name = 'lightspan'

/** How long the database may take for anything, in ms: what waits for it must go on without. */
const patience = 3000

/** How long a page has for a body, in ms: longer than an answer may take. */
export const lease = 45_000

// Where an engine cannot tell, opening it will: WebKit keeps the empty shell of what was not to be made.
const exists = () =>
  Promise.race([
    attempt(() => indexedDB.databases())?.then(
      (all) => all.some((it) => it.name == name),
      () => false,
    ) ?? true,
    new Promise<boolean>((later) => setTimeout(later, patience, false)),
  ])

// Opens the database; one that does not exist is made only where `create` says so.
const openDatabase = (create: boolean) =>
  new Promise<IDBDatabase | undefined>((resolve) => {
    let late = false
    const end = (database?: IDBDatabase) => {
      clearTimeout(timer)
      if (late) database?.close()
      late = true
      resolve(database)
    }
    const timer = setTimeout(end, patience)
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => {
      if (create) request.result.createObjectStore(name)
      else request.transaction!.abort()
    }
    request.onsuccess = () => end(request.result)
    request.onerror = (event) => {
      event.preventDefault() // of no concern to the page
      end()
    }
  }).catch(() => undefined)

// Resolves with what `work` has told once it is on disk, or with undefined where it is not; never rejects.
const transact = <Result>(
  database: IDBDatabase | undefined,
  work: (store: IDBObjectStore, tell: (result: Result) => void) => void,
) =>
  new Promise<Result | undefined>((resolve) => {
    let result: Result | undefined
    // where it is closed this throws, which rejects
    const transaction = database!.transaction(name, 'readwrite')
    const end = (told?: Result) => {
      clearTimeout(timer)
      resolve(told)
    }
    const timer = setTimeout(() => {
      attempt(() => transaction.abort())
      end()
    }, patience)
    transaction.oncomplete = () => end(result)
    transaction.onabort = () => end()
    work(transaction.objectStore(name), (told) => (result = told))
  }).catch(() => undefined)

const claimFirst = (
  store: IDBObjectStore,
  to: string,
  keep: boolean,
  tell: (it: Claim) => void,
) => {
  const claim: Claim = {}
  const walk = store.openCursor()
  tell(claim)
  walk.onsuccess = () => {
    const cursor = walk.result
    if (!cursor) return
    const kept = cursor.value as Kept
    const now = Date.now() // not before others had their turn
    const ours = kept.to == to
    // a lease from a future that a clock was set back from is none
    const leased = kept.until > now && kept.until <= now + lease
    if (ours && leased) claim.leased = true
    if (!ours || leased) return cursor.continue()
    claim.first = { key: cursor.key as Key, kept }
    if (keep) cursor.update({ ...kept, until: now + lease })
    else cursor.delete()
  }
}

// Oldest go first.
const trim = (store: IDBObjectStore, bytes: number, age: number, gone: Kept[]) => {
  const all = store.getAllKeys()
  all.onsuccess = () => {
    let left = bytes
    const oldest = Date.now() - age
    for (const key of (all.result as Key[]).reverse()) {
      left -= key[2]
      if (left >= 0 && key[0] > oldest) continue
      const last = store.get(key)
      last.onsuccess = () => gone.push(last.result as Kept)
      store.delete(key)
    }
  }
}

// The same key for whoever does it at the same time: what is there already is there once.
const gather = async (
  open: (create: boolean) => Promise<unknown>,
  write: (key: Key, kept: Kept) => Promise<true | undefined>,
) => {
  for (const { key, to, body, forget } of leftBehind()) {
    await open(true)
    if (await write(key, { to, body, until: 0 })) forget()
  }
}

// The database, opened when it is needed and one time at once.
const createConnection = () => {
  let database: IDBDatabase | undefined
  let opening: Promise<unknown> = Promise.resolve()
  let turn = 0
  let era = 0
  let broken = false
  const close = () => {
    turn++
    database?.close()
    database = undefined
  }
  // What was to be opened before, and is not yet, must not be made anew.
  const forget = () => {
    era++
    close()
  }
  const open = (create: boolean): Promise<unknown> => {
    const asked = era
    return (opening = opening.then(async () => {
      if (database || asked != era) return
      const mine = turn
      const opened = create || (await exists()) ? await openDatabase(create) : undefined
      if (create) broken = !opened
      if (mine != turn) return opened?.close()
      database = opened
      // somebody wants it gone, or the browser has closed it
      if (opened) opened.onversionchange = opened.onclose = close
    }))
  }
  return [() => database, open, close, forget, () => broken] as const
}

/**
 * Builds a shelf of at most `bytes` and `age` (ms), one for all pages of the origin. Nothing is opened yet.
 * `lose` hears of what had to go. No method throws or rejects.
 */
export const createShelf = (bytes: number, age: number, lose: (body: Body) => void) => {
  const [current, open, close, forget, isBroken] = createConnection()
  let order = 0
  const tidy = async () => {
    const gone: Kept[] = []
    const done = await transact<true>(current(), (store, tell) => {
      trim(store, bytes, age, gone)
      tell(true)
    })
    if (done) gone.forEach(({ body }) => lose(body))
  }
  const write = (key: Key, kept: Kept) =>
    transact<true>(current(), (store, tell) => {
      store.put(kept, key)
      tell(true)
      // the page may be gone before it could be asked again
      store.transaction.commit?.()
    })
  const keyOf = (size: number): Key => [Date.now(), order++, size, Math.random()]
  return {
    close,
    /** Opens it before it is needed. */
    open: (): Promise<unknown> => open(true),
    /** Opens it if there is one, or should be. Whether there is. */
    look: async (): Promise<boolean> => {
      await open(!!leftBehind()[0])
      return !!current()
    },
    /** Leaves a text behind at once, as the page goes. Whether it is there. */
    leave: (to: string, body: Body): boolean =>
      typeof body == 'string' && leaveBehind(keyOf(byteSize(body)!), to, body, bytes),
    /** Takes in what pages have left behind, and lets go what is too old or too much. */
    tidy: async (): Promise<void> => {
      await gather(open, write)
      await tidy()
    },
    /** There is none to be had. */
    isBroken,
    /** Puts a body there: at once where the shelf is open. Whether it is there. */
    put: async (to: string, body: Body): Promise<boolean> => {
      const size = byteSize(body) || 0
      if (size > bytes) return false
      const key = keyOf(size)
      if (!current()) await open(true)
      const done = await write(key, { to, body, until: 0 })
      if (done) void tidy()
      return !!done
    },
    /** Claims the oldest body for `to`, which goes off the shelf unless `keep` says that it may be sent twice. */
    claim: async (to: string, keep: boolean): Promise<Claim | undefined> => {
      await open(false)
      return current()
        ? transact(current(), (store, tell) => claimFirst(store, to, keep, tell))
        : {}
    },
    /** Gives a claim back. */
    back: (key: Key, kept: Kept): Promise<unknown> => write(key, { ...kept, until: 0 }),
    remove: (key: Key): Promise<unknown> => transact(current(), (store) => void store.delete(key)),
    /** Forgets all, and leaves no trace. */
    clear: () => {
      forget()
      for (const left of leftBehind()) left.forget()
      attempt(() => {
        indexedDB.deleteDatabase(name).onerror = (event) => event.preventDefault()
      })
    },
  }
}

/** Bodies that outlive the page. */
export type Shelf = ReturnType<typeof createShelf>
