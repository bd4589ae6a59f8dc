// protobuf-reader.ts: reads protobuf by a table of fields, within bounds; it faces the open network.

import { refuse } from '../refusal.ts'

type Scalar =
  | 'string'
  | 'base64'
  | 'hex'
  | 'bool'
  | 'int64'
  | 'uint32'
  | 'enum'
  | 'double'
  | 'fixed64'
  | 'fixed32'

/** One field of a message: its name in OTLP/JSON and its type. */
export interface Field {
  name: string
  type: Scalar | (() => Message)
  repeated?: boolean
}

/** Field number to field. */
export type Message = Readonly<Record<number, Field>>

/** The deepest nesting that is read: 5 levels of messages, and values within values. */
const deepest = 24

/** The most fields that one request may have, so that a small body cannot become millions of objects. */
const mostFields = 2_000_000

const wireType: Record<Scalar, number> = {
  string: 2,
  base64: 2,
  hex: 2,
  bool: 0,
  int64: 0,
  uint32: 0,
  enum: 0,
  double: 1,
  fixed64: 1,
  fixed32: 5,
}

const broken = (reason: string) =>
  refuse(400, 'body', `is not the protobuf it should be: ${reason}`)

/** Walks over bytes; `end` is where the message that is being read ends. */
const createCursor = (bytes: Buffer) => {
  let at = 0
  const need = (count: number, end: number) => {
    if (count > end - at) throw broken('a field goes past its end')
    const from = at
    at += count
    return from
  }
  const bigVarint = (end: number): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[need(1, end)]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw broken('a number has no end')
  }
  // Nearly all are small, and stay numbers; -1 where it is not, and nothing is read then.
  const smallVarint = (end: number): number => {
    const from = at
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[need(1, end)]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    at = from
    return -1
  }
  const varint = (end: number): number => {
    const small = smallVarint(end)
    if (small >= 0) return small
    const wide = bigVarint(end)
    if (wide > 0xffff_ffffn) throw broken('a number is too large')
    return Number(wide)
  }
  const skip = (type: number, end: number) => {
    if (type == 0) bigVarint(end)
    else if (type == 1) need(8, end)
    else if (type == 2) need(varint(end), end)
    else if (type == 5) need(4, end)
    else throw broken(`wire type ${type} is not used by OTLP`)
  }
  return { at: () => at, need, smallVarint, varint, bigVarint, skip }
}

const spelled = (value: number) =>
  Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity')

/**
 * Reads a message into an object in the names and types of OTLP/JSON.
 * @throws a refusal where the bytes are no such message; nothing else.
 */
export const readProtobuf = (bytes: Buffer, root: Message): unknown => {
  const { at, need, smallVarint, varint, bigVarint, skip } = createCursor(bytes)
  let fields = 0

  const scalar = (type: Scalar, end: number): unknown => {
    switch (type) {
      case 'string':
      case 'base64':
      case 'hex': {
        const size = varint(end)
        const from = need(size, end)
        return bytes.toString(type == 'string' ? 'utf8' : type, from, from + size)
      }
      case 'bool':
        return bigVarint(end) != 0n
      case 'int64': {
        const small = smallVarint(end)
        return String(small >= 0 ? small : BigInt.asIntN(64, bigVarint(end)))
      }
      case 'uint32': {
        const small = smallVarint(end)
        return small >= 0 ? small : Number(BigInt.asUintN(32, bigVarint(end)))
      }
      case 'enum': {
        // one below zero is written as ten bytes
        const small = smallVarint(end)
        return small >= 0 ? small : Number(BigInt.asIntN(32, bigVarint(end)))
      }
      case 'double':
        return spelled(bytes.readDoubleLE(need(8, end)))
      case 'fixed64':
        return String(bytes.readBigUInt64LE(need(8, end)))
      case 'fixed32':
        return bytes.readUInt32LE(need(4, end))
    }
  }
  const message = (type: Message, end: number, depth: number): Record<string, unknown> => {
    if (depth > deepest) throw refuse(400, 'body', 'is nested too deeply', deepest)
    const it: Record<string, unknown> = {}
    while (at() < end) {
      if (++fields > mostFields) throw refuse(400, 'body', 'has too many fields', mostFields)
      const tag = varint(end)
      const number = tag >>> 3
      if (!number) throw broken('a field has the number 0')
      const field = type[number]
      if (!field) {
        skip(tag & 7, end)
        continue
      }
      const nested = typeof field.type == 'function'
      if ((tag & 7) != (nested ? 2 : wireType[field.type as Scalar]))
        throw broken(`${field.name} has wire type ${tag & 7}`)
      let value: unknown
      if (nested) {
        const size = varint(end)
        const from = need(0, end)
        if (size > end - from) throw broken('a field goes past its end')
        value = message((field.type as () => Message)(), from + size, depth + 1)
      } else value = scalar(field.type as Scalar, end)
      if (!field.repeated) it[field.name] = value
      else if (it[field.name]) (it[field.name] as unknown[]).push(value)
      else it[field.name] = [value]
    }
    return it
  }
  return message(root, bytes.length, 0)
}
