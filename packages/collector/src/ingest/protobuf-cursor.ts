// protobuf-cursor.ts: walks over the bytes of protobuf, and never past the end of what is being read.

import { refuse } from '../refusal.ts'

export const broken = (reason: string) =>
  refuse(400, 'body', `is not the protobuf it should be: ${reason}`)

const pastEnd = () => broken('a field goes past its end')

/** Texts up to this many bytes are looked up among those that were read before. */
const longestKnown = 40
const knownTexts = 1024

// Names and most values come again and again: comparing bytes costs less than making text of them.
const createTexts = (bytes: Buffer) => {
  const known = new Array<{ from: number; size: number; text: string } | undefined>(knownTexts)
  return (from: number, to: number): string => {
    const size = to - from
    if (size > longestKnown) return bytes.toString('utf8', from, to)
    let hash = size
    for (let at = from; at < to; at++) hash = (hash * 31 + bytes[at]!) | 0
    const slot = hash & (knownTexts - 1)
    const it = known[slot]
    if (it?.size == size) {
      let at = 0
      while (at < size && bytes[from + at] == bytes[it.from + at]) at++
      if (at == size) return it.text
    }
    const text = bytes.toString('utf8', from, to)
    known[slot] = { from, size, text }
    return text
  }
}

/** `end` is always where the message that is being read ends. */
export interface Cursor {
  at: () => number
  /** A varint of at most 32 bits. */
  varint: (end: number) => number
  /** A varint of 64 bits: a number where it is below 2 ** 28. */
  wideVarint: (end: number) => number | bigint
  /** Goes on by so many bytes, and returns where they begin. */
  take: (count: number, end: number) => number
  text: (from: number, to: number) => string
}

/** Sets out at the start of `bytes`. Its functions throw refusals, and nothing else. */
export const createCursor = (bytes: Buffer): Cursor => {
  let at = 0
  const bigVarint = (end: number): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= end) throw pastEnd()
      const byte = bytes[at++]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw broken('a number has no end')
  }
  const wideVarint = (end: number): number | bigint => {
    const from = at
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= end) throw pastEnd()
      const byte = bytes[at++]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    at = from
    return bigVarint(end)
  }
  return {
    at: () => at,
    wideVarint,
    varint: (end) => {
      const value = wideVarint(end)
      if (typeof value == 'number') return value
      if (value > 0xffff_ffffn) throw broken('a number is too large')
      return Number(value)
    },
    take: (count, end) => {
      if (count > end - at) throw pastEnd()
      const from = at
      at += count
      return from
    },
    text: createTexts(bytes),
  }
}
