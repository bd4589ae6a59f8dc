// cli.ts: `lightspan-collector`: reads its options, runs until it is told to stop.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { startCollector, type Collector } from './collector.ts'
import { configOptions, flagOf, readConfig, variableOf } from './config.ts'

/** How long a graceful stop may take before the process ends all the same, in ms. */
const patience = 15_000

const readVersion = () => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

const createCommand = () => {
  const command = new Command('lightspan-collector')
    .description('Receives, stores and shows traces: OTLP and Lightspan, embedded store, viewer.')
    .version(readVersion())
    .option('--config <file>', 'JSON file with these options, by their names in camelCase')
    .configureOutput({ outputError: (text, write) => write(`lightspan-collector: ${text}`) })
    .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  for (const { name, help, usual } of configOptions)
    command.option(`${flagOf(name)} <value>`, usual ? `${help} (default: ${usual})` : help)
  return command.addHelpText(
    'after',
    `
Each option is also an environment variable: --port is ${variableOf('port')}, --max-body is
${variableOf('maxBody')}. Flags go before environment variables, those before the file.

POST /v1/traces takes OTLP (JSON, protobuf), POST /v1/spans Lightspan's compact batches, gzip or not.
GET / is the viewer, /api/… what it asks, /healthz and /metrics are for whoever runs this.`,
  )
}

const warn = (message: string) => console.error(`lightspan-collector: ${message}`)

const fail = (error: unknown): never => {
  warn((error as Error).message)
  process.exit(2)
}

const stopOnSignal = ({ stop }: Collector) => {
  let stopping = false
  const end = () => {
    // asked again: at once. What was acknowledged is in the log
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => {
      warn('the store did not finish in time; the rest is replayed at the next start')
      process.exit(1)
    }, patience).unref()
    stop().then(
      () => process.exit(0),
      (error: Error) => {
        warn(error.message)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

const main = async () => {
  const { config: file, ...flags } = createCommand().parse().opts<Record<string, string>>()
  const places = {
    storeWorker: new URL('./store-worker.js', import.meta.url),
    viewer: fileURLToPath(new URL('./viewer', import.meta.url)),
  }
  try {
    const collector = await startCollector(readConfig(flags, process.env, file), places, warn)
    stopOnSignal(collector)
    console.log(`lightspan-collector listening on ${collector.url}`)
  } catch (error) {
    fail(error)
  }
}

await main()
