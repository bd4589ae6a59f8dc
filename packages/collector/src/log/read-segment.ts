// read-segment.ts: the records of a segment, and what between them is none.

import { readRecord, recordMagic, type LogRecord } from './record.ts'

/** Bytes that are no record. At the end of a segment they are a write that was cut off. */
export interface Damage {
  from: number
  size: number
}

/** Places that are tried, after damage, for the next record; a body may be made to look like many. */
const mostTries = 100

/** A sequence further ahead than this is no successor, whatever its checksum says. */
const furthestAhead = 2 ** 32

// Returns where the next whole record begins, or the end.
const findRecord = (bytes: Buffer, from: number, last: number): number => {
  let at = from
  for (let tries = 0; tries < mostTries; tries++) {
    at = bytes.indexOf(recordMagic, at)
    if (at < 0) break
    const [record] = readRecord(bytes, at) ?? []
    if (record && record.seq > last && record.seq - last < furthestAhead) return at
    at++
  }
  return bytes.length
}

/** Reads a segment from its start to its end. Never throws, whatever the bytes are. */
export const readSegment = (bytes: Buffer): { records: LogRecord[]; damages: Damage[] } => {
  const records: LogRecord[] = []
  const damages: Damage[] = []
  let at = 0
  while (at < bytes.length) {
    const read = readRecord(bytes, at)
    if (read) {
      const [record, end] = read
      records.push(record)
      at = end
    } else {
      const next = findRecord(bytes, at + 1, records.at(-1)?.seq ?? 0)
      damages.push({ from: at, size: next - at })
      at = next
    }
  }
  return { records, damages }
}
