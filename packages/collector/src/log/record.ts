// record.ts: one accepted body as the log keeps it: magic, length, checksum, sequence, kind, bytes.

import { crc32 } from 'node:zlib'

/** What a body was: it is decoded again when the log is replayed. */
export const bodyKinds = ['json', 'protobuf', 'compact'] as const
export type BodyKind = (typeof bodyKinds)[number]

/** A record of the log. `seq` counts up; a gap is a write that failed and was never acknowledged. */
export interface LogRecord {
  seq: number
  kind: BodyKind
  body: Buffer
}

/** How every record of this version begins. */
export const recordMagic = Buffer.from('LSR1')

/** magic 4 bytes, length u32, crc32 of what follows u32, sequence f64, kind u8 */
const headSize = 21
const checkedFrom = 12

/** Writes a record's head; the body follows it as it is. */
export const recordHead = ({ seq, kind, body }: LogRecord): Buffer => {
  const head = Buffer.alloc(headSize)
  recordMagic.copy(head)
  head.writeUInt32LE(body.length, 4)
  head.writeDoubleLE(seq, 12)
  head.writeUInt8(bodyKinds.indexOf(kind), 20)
  head.writeUInt32LE(crc32(body, crc32(head.subarray(checkedFrom))), 8)
  return head
}

/**
 * Reads the record at `from`. Never throws.
 * @returns the record, whose body shares `bytes`, and where the next one starts; undefined where none is
 * whole: the end, a write that was cut off, or damage.
 */
export const readRecord = (bytes: Buffer, from: number): [LogRecord, number] | undefined => {
  if (from + headSize > bytes.length) return
  if (recordMagic.compare(bytes, from, from + recordMagic.length)) return
  const end = from + headSize + bytes.readUInt32LE(from + 4)
  if (end > bytes.length) return
  const seq = bytes.readDoubleLE(from + 12)
  const kind = bodyKinds[bytes.readUInt8(from + 20)]
  if (!kind || !Number.isSafeInteger(seq) || seq < 1) return
  if (crc32(bytes.subarray(from + checkedFrom, end)) != bytes.readUInt32LE(from + 8)) return
  return [{ seq, kind, body: bytes.subarray(from + headSize, end) }, end]
}
