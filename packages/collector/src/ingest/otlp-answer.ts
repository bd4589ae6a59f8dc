// otlp-answer.ts: answers in the encoding of the question (OTLP/HTTP, "Response").

import { refusalBody, type Refusal } from '../refusal.ts'

/** google.rpc.Code of an HTTP status. */
const rpcCode: Record<number, number> = { 401: 16, 403: 7, 413: 8, 415: 3, 429: 8, 503: 14 }

/** `google.rpc.Status` in protobuf: 1 code, 2 message. */
const statusMessage = (code: number, message: string): Buffer => {
  const text = Buffer.from(message.slice(0, 1000))
  const length = text.length < 128 ? [text.length] : [(text.length & 127) | 128, text.length >> 7]
  return Buffer.concat([Buffer.from([0x08, code, 0x12, ...length]), text])
}

/** A refusal as body and content type. */
export const refusalAnswer = (refusal: Refusal, protobuf: boolean) => {
  const code = rpcCode[refusal.status] ?? 3
  return protobuf
    ? { type: 'application/x-protobuf', body: statusMessage(code, refusal.message) }
    : {
        type: 'application/json',
        body: JSON.stringify({ code, message: refusal.message, ...refusalBody(refusal) }),
      }
}

/** Full success as body and content type: an `ExportTraceServiceResponse` without partial success. */
export const successAnswer = (protobuf: boolean) =>
  protobuf
    ? { type: 'application/x-protobuf', body: Buffer.alloc(0) }
    : { type: 'application/json', body: '{}' }
