// protobuf-reader.ts: reads protobuf by a table of fields, within bounds; it faces the open network.

import { refuse } from '../refusal.ts'
import { broken, createCursor, type Cursor } from './protobuf-cursor.ts'

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

export type Fields = Record<string, unknown>

/** One field of a message: its name in OTLP/JSON, its type, and how its value gets into the object. */
export interface Field {
  name: string
  type: Scalar | (() => Message)
  set: (it: Fields, value: unknown) => void
}

/** A message: an empty object of it, and its fields by their numbers. */
export interface Message {
  make: () => Fields
  fields: readonly (Field | undefined)[]
}

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

const wireTypeOf = (type: Field['type']) => (typeof type == 'function' ? 2 : wireType[type])

const spelled = (value: number) =>
  Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity')

const readBytes = (bytes: Buffer, { varint, take, text }: Cursor, type: Scalar, end: number) => {
  const size = varint(end)
  const from = take(size, end)
  return type == 'string'
    ? text(from, from + size)
    : bytes.toString(type as 'hex', from, from + size)
}

const readScalar = (bytes: Buffer, cursor: Cursor, type: Scalar, end: number): unknown => {
  const { take, wideVarint } = cursor
  switch (type) {
    case 'string':
    case 'base64':
    case 'hex':
      return readBytes(bytes, cursor, type, end)
    case 'bool':
      return Number(wideVarint(end)) != 0
    case 'int64': {
      const value = wideVarint(end)
      return typeof value == 'number' ? value : BigInt.asIntN(64, value)
    }
    case 'uint32': {
      const value = wideVarint(end)
      return typeof value == 'number' ? value : Number(BigInt.asUintN(32, value))
    }
    case 'enum': {
      // one below zero is written as ten bytes
      const value = wideVarint(end)
      return typeof value == 'number' ? value : Number(BigInt.asIntN(32, value))
    }
    case 'double':
      return spelled(bytes.readDoubleLE(take(8, end)))
    case 'fixed64':
      return bytes.readBigUInt64LE(take(8, end))
    case 'fixed32':
      return bytes.readUInt32LE(take(4, end))
  }
}

const skip = ({ varint, wideVarint, take }: Cursor, type: number, end: number) => {
  if (type == 0) wideVarint(end)
  else if (type == 1) take(8, end)
  else if (type == 2) take(varint(end), end)
  else if (type == 5) take(4, end)
  else throw broken(`wire type ${type} is not used by OTLP`)
}

/**
 * Reads a message into an object in the names and types of OTLP/JSON; 64-bit integers are bigints, or
 * numbers where they are small.
 * @throws a refusal where the bytes are no such message; nothing else.
 */
export const readProtobuf = (bytes: Buffer, root: Message): unknown => {
  const cursor = createCursor(bytes)
  const { at, varint, take } = cursor
  let fields = 0

  const read = ({ type, name }: Field, wire: number, end: number, depth: number): unknown => {
    if (wire != wireTypeOf(type)) throw broken(`${name} has wire type ${wire}`)
    if (typeof type == 'string') return readScalar(bytes, cursor, type, end)
    const size = varint(end)
    const from = take(0, end)
    if (size > end - from) throw broken('a field goes past its end')
    return message(type(), from + size, depth + 1)
  }
  const message = ({ make, fields: table }: Message, end: number, depth: number): Fields => {
    if (depth > deepest) throw refuse(400, 'body', 'is nested too deeply', deepest)
    const it = make()
    while (at() < end) {
      if (++fields > mostFields) throw refuse(400, 'body', 'has too many fields', mostFields)
      const tag = varint(end)
      const number = tag >>> 3
      if (!number) throw broken('a field has the number 0')
      const field = table[number]
      if (field) field.set(it, read(field, tag & 7, end, depth))
      else skip(cursor, tag & 7, end)
    }
    return it
  }
  return message(root, bytes.length, 0)
}
