// otlp-answer.ts: answers in the encoding of the question (OTLP/HTTP, "OTLP/HTTP Response").

import { refusalBody, type Refusal } from '../refusal.ts'

/** google.rpc.Code of an HTTP status; the rest are INVALID_ARGUMENT. */
const rpcCode: Record<number, number> = {
  401: 16,
  403: 7,
  404: 12,
  405: 12,
  413: 8,
  500: 13,
  503: 14,
}

/** A body and its content type. */
export interface Answer {
  type: string
  body: Buffer | string
}

const types = { protobuf: 'application/x-protobuf', json: 'application/json' }

// A field of text or bytes: its tag, its length as a varint of at most two bytes, the bytes.
const bytesField = (number: number, bytes: Buffer): Buffer => {
  const { length } = bytes
  const size = length < 128 ? [length] : [(length & 127) | 128, length >> 7]
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...size]), bytes])
}

const textField = (number: number, text: string) =>
  bytesField(number, Buffer.from(text.slice(0, 1000)))

/** A refusal as a `google.rpc.Status`; in JSON also in the words that other paths use. */
export const refusalAnswer = (refusal: Refusal, protobuf: boolean): Answer => {
  const code = rpcCode[refusal.status] ?? 3
  const { message } = refusal
  return protobuf
    ? {
        type: types.protobuf,
        body: Buffer.concat([Buffer.from([1 << 3, code]), textField(2, message)]),
      }
    : { type: types.json, body: JSON.stringify({ code, message, ...refusalBody(refusal) }) }
}

/** An `ExportTraceServiceResponse`: empty, or with a partial success where spans were rejected. */
export const successAnswer = (rejected: number, reason: string, protobuf: boolean): Answer => {
  if (!protobuf) {
    const partialSuccess = { rejectedSpans: String(rejected), errorMessage: reason }
    return { type: types.json, body: JSON.stringify(rejected ? { partialSuccess } : {}) }
  }
  if (!rejected) return { type: types.protobuf, body: Buffer.alloc(0) }
  // at most 10,000: two bytes of a varint
  const count = Buffer.from([1 << 3, (rejected & 127) | 128, rejected >> 7])
  return {
    type: types.protobuf,
    body: bytesField(1, Buffer.concat([count, textField(2, reason)])),
  }
}
