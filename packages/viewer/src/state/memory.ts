// memory.ts: small choices kept in localStorage, which may be absent, full or forbidden.

export interface Memory {
  read: (key: string) => string | null
  write: (key: string, value: string) => void
}

/** Wraps the storage that `find` gives. Never throws: then nothing is remembered. */
export const createMemory = (find: () => Storage): Memory => ({
  read: (key) => {
    try {
      return find().getItem('lightspan.' + key)
    } catch {
      return null
    }
  },
  write: (key, value) => {
    try {
      find().setItem('lightspan.' + key, value)
    } catch {
      // then not
    }
  },
})
