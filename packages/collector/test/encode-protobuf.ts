// encode-protobuf.ts: writes protobuf from a table of fields: the reader's counterpart, for tests.

import type { Field, Fields, Message } from '../src/ingest/protobuf-reader.ts'

const varint = (value: bigint): Buffer => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
    rest >>= 7n
  } while (rest)
  return Buffer.from(bytes)
}

const sized = (bytes: Buffer) => Buffer.concat([varint(BigInt(bytes.length)), bytes])

const fixed = (size: 4 | 8, write: (buffer: Buffer) => unknown) => {
  const buffer = Buffer.alloc(size)
  write(buffer)
  return buffer
}

type Writer = [wire: number, write: (value: never) => Buffer]

const writers: Record<string, Writer> = {
  string: [2, (value: string) => sized(Buffer.from(value))],
  hex: [2, (value: string) => sized(Buffer.from(value, 'hex'))],
  base64: [2, (value: string) => sized(Buffer.from(value, 'base64'))],
  bool: [0, (value: boolean) => varint(value ? 1n : 0n)],
  int64: [0, (value: string | number) => varint(BigInt(value))],
  uint32: [0, (value: number) => varint(BigInt(value))],
  enum: [0, (value: number) => varint(BigInt(value))],
  double: [1, (value: number | string) => fixed(8, (it) => it.writeDoubleLE(Number(value)))],
  fixed64: [1, (value: string) => fixed(8, (it) => it.writeBigUInt64LE(BigInt(value)))],
  fixed32: [5, (value: number) => fixed(4, (it) => it.writeUInt32LE(value))],
}

const encodeField = ({ type }: Field, number: number, value: unknown): Buffer => {
  const [wire, write] =
    typeof type == 'function'
      ? ([2, (it: Fields) => sized(encodeProtobuf(it, type()))] as const)
      : writers[type]!
  return Buffer.concat([varint(BigInt((number << 3) | wire)), write(value as never)])
}

/**
 * Encodes a message in the shape of OTLP/JSON. `between` gives bytes to put between its fields, such as
 * fields that the reader does not know.
 */
export const encodeProtobuf = (
  it: Fields,
  { fields }: Message,
  between: () => Buffer = () => Buffer.alloc(0),
): Buffer => {
  const parts: Buffer[] = []
  fields.forEach((field, number) => {
    const value = field && it[field.name]
    if (value === undefined) return
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value])
      parts.push(between(), encodeField(field!, number, each))
  })
  return Buffer.concat(parts)
}
