// encode.mjs: CPU time of the compact encoder beside OTLP JSON's, on the recorded session, in one run.
// `node test/bench/encode.mjs`: prints the ratio; exits 1 above 0.75.

import { readFileSync } from 'node:fs'
import { createIds, encodeCompact, encodeOtlp } from '../../dist/wire.js'
import { allKnown } from '../kit/all-known.mjs'

const { seed, ...session } = JSON.parse(
  readFileSync(new URL('../vectors/session.json', import.meta.url), 'utf8'),
)
// as a page has it that has just given these ids
const ids = allKnown(createIds(seed))
const given = session.spans.flatMap(({ traceId, spanId }) => [traceId, spanId])
const known = new Map(given.map((id) => [id, ids.find(id)]))
const batch = { ...session, ids: { ...ids, find: (id) => known.get(id) } }

/** µs a batch: the least of several rounds, since whatever else the machine does only adds. */
const cpu = (encode, rounds = 40, calls = 25) => {
  let least = Infinity
  for (let round = 0; round < rounds; round++) {
    const { user, system } = process.cpuUsage()
    for (let call = 0; call < calls; call++) encode(batch)
    const spent = process.cpuUsage({ user, system })
    least = Math.min(least, (spent.user + spent.system) / calls)
  }
  return least
}

// Interleaved, so that both see the same machine.
const results = { compact: Infinity, otlp: Infinity }
for (let turn = 0; turn < 6; turn++) {
  results.compact = Math.min(results.compact, cpu(encodeCompact, 10))
  results.otlp = Math.min(results.otlp, cpu(encodeOtlp, 10))
}
const ratio = results.compact / results.otlp
const perSpan = (micros) => `${(micros / batch.spans.length).toFixed(2)} µs a span`
console.log(`compact ${perSpan(results.compact)}, OTLP JSON ${perSpan(results.otlp)}`)
console.log(`ratio ${ratio.toFixed(2)} (at most 0.75)`)
process.exitCode = ratio > 0.75 ? 1 : 0
