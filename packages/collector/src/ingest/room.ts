// room.ts: the memory that bodies and spans on their way to the store may take together.

import { refuse } from '../refusal.ts'

/** Room for what has come and is not in the store yet, in bytes. */
export interface Room {
  /** @throws a refusal with status 503 where there is not so much left; nothing is taken then. */
  take: (bytes: number) => void
  /** Gives back what was taken. */
  free: (bytes: number) => void
  used: () => number
}

/** Makes room for `size` bytes. */
export const createRoom = (size: number): Room => {
  let used = 0
  return {
    take: (bytes) => {
      if (used + bytes > size)
        throw refuse(
          503,
          'body',
          'cannot be taken at the moment: too much waits for the store',
          size,
        )
      used += bytes
    },
    free: (bytes) => {
      used -= bytes
    },
    used: () => used,
  }
}

/** What a row weighs besides its text, in bytes; measured on spans of a dozen attributes. */
const rowWeight = 1024

/** Memory that decoded spans take, in bytes: about what their text does, and the objects around it. */
export const weightOf = (plainBytes: number, rows: number): number => plainBytes + rows * rowWeight
