// record.ts: one accepted body as the log keeps it: length, checksum, sequence, kind, bytes.

import { crc32 } from 'node:zlib'

/** What a body was: it is decoded again when the log is replayed. */
export const bodyKinds = ['json', 'protobuf', 'compact'] as const
export type BodyKind = (typeof bodyKinds)[number]

/** A record of the log. `seq` counts up by one. */
export interface LogRecord {
  seq: number
  kind: BodyKind
  body: Buffer
}

/** length u32, crc32 of what follows u32, sequence f64, kind u8 */
const headSize = 17

/** Writes a record's head; the body follows it as it is. */
export const recordHead = ({ seq, kind, body }: LogRecord): Buffer => {
  const head = Buffer.alloc(headSize)
  head.writeUInt32LE(body.length, 0)
  head.writeDoubleLE(seq, 8)
  head.writeUInt8(bodyKinds.indexOf(kind), 16)
  head.writeUInt32LE(crc32(body, crc32(head.subarray(8))), 4)
  return head
}

/**
 * Reads the record at `from`.
 * @returns the record and where the next one starts, or undefined where none is whole: the end, or a
 * write that was cut off.
 */
export const readRecord = (bytes: Buffer, from: number): [LogRecord, number] | undefined => {
  if (from + headSize > bytes.length) return
  const size = bytes.readUInt32LE(from)
  const end = from + headSize + size
  const kind = bodyKinds[bytes.readUInt8(from + 16)]
  if (end > bytes.length || !kind) return
  if (crc32(bytes.subarray(from + 8, end)) != bytes.readUInt32LE(from + 4)) return
  const body = bytes.subarray(from + headSize, end)
  return [{ seq: bytes.readDoubleLE(from + 8), kind, body }, end]
}
