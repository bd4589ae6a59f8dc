// cli.ts: `lightspan-collector`: reads its options, runs until it is told to stop.

import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { startCollector } from './collector.ts'
import { configDefaults, configHelp, readConfig, variableOf, type Config } from './config.ts'

const version = '0.1.0'

/** How long a graceful stop may take before the process ends all the same, in ms. */
const patience = 10_000

const flagOf = (option: string) => option.replace(/[A-Z]/g, (it) => '-' + it.toLowerCase())

const createCommand = () => {
  const command = new Command('lightspan-collector')
    .description('Receives, stores and shows traces: OTLP and Lightspan, embedded store, viewer.')
    .version(version)
    .option('--config <file>', 'JSON file with these options (LIGHTSPAN_CONFIG)')
  for (const [option, help] of Object.entries(configHelp)) {
    const standard = String(configDefaults[option as keyof Config])
    const usual = standard && ` (default: ${standard})`
    command.option(`--${flagOf(option)} <value>`, `${help}${usual} [${variableOf(option)}]`)
  }
  return command.addHelpText(
    'after',
    '\nFlags go before environment variables, those before the file.\n' +
      'POST /v1/traces (OTLP JSON, protobuf), POST /v1/spans (compact), GET /api/…, /healthz, /metrics.',
  )
}

const fail = (error: unknown): never => {
  console.error(`lightspan-collector: ${(error as Error).message}`)
  process.exit(2)
}

const main = async () => {
  const { config: file, ...flags } = createCommand().parse().opts<Record<string, string>>()
  let config: Config
  try {
    config = readConfig(flags, process.env, file)
  } catch (error) {
    return fail(error)
  }
  const places = {
    storeWorker: new URL('./store-worker.js', import.meta.url),
    viewer: fileURLToPath(new URL('./viewer', import.meta.url)),
  }
  const warn = (message: string) => console.error(`lightspan-collector: ${message}`)
  const collector = await startCollector(config, places, warn).catch(fail)
  console.log(`lightspan-collector listening on ${collector.url}`)

  let stopping = false
  const stop = () => {
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => process.exit(1), patience).unref()
    collector.stop().then(
      () => process.exit(0),
      (error: Error) => {
        warn(error.message)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

await main()
