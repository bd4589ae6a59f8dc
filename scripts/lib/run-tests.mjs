// run-tests.mjs: what `npm test` does: sets up what is missing, runs every project, and sums their real results.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installBrowsers } from '../browsers.mjs'
import { build, install, root } from '../set-up.mjs'
import { sum } from './sum.mjs'

const help = `npm test                      sets up what is missing, runs everything
npm test -- --only unit       one project of vitest.config.ts, or several between commas
npm test -- --only unit wire  of these, only files whose path contains "wire"

The last line is the sum. Reports of the runners: artefacts/test/*.json`

/** Projects that start no browser run where there is none; those of sources alone, without a build. */
const withoutBrowser = ['unit', 'collector', 'edge']
const withoutBuild = ['unit']

/** No project takes this long, in ms; what does hangs. */
const patience = 30 * 60_000

// A run within a run, as in its own test, must not write over the reports of the other.
const reports = process.env.LIGHTSPAN_REPORTS || join(root, 'artefacts/test')

const vitest = (args, stdio) =>
  new Promise((done) => {
    const file = join(root, 'node_modules/vitest/vitest.mjs')
    const child = spawn(process.execPath, [file, ...args], { cwd: root, stdio, timeout: patience })
    child.on('close', (code, signal) => done(signal ?? code))
  })

const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined)

/** Which files each project has, as its runner sees it. */
const plan = async (only, filters) => {
  const file = join(reports, 'plan.json')
  const projects = only.flatMap((it) => ['--project', it])
  const ended = await vitest(
    ['list', '--filesOnly', `--json=${file}`, ...projects, ...filters],
    ['ignore', 'ignore', 'inherit'],
  )
  const files = readJson(file)
  if (ended !== 0 || !files) throw new Error(`the runner could not list its tests (${ended})`)
  const byProject = new Map()
  for (const { projectName, file } of files)
    byProject.set(projectName, [...(byProject.get(projectName) ?? []), file])
  if (!byProject.size) throw new Error('no test matches')
  return byProject
}

const runProject = async (project, files, filters) => {
  const file = join(reports, `${project}.json`)
  rmSync(file, { force: true })
  const start = performance.now()
  console.log(`\n── ${project}: ${files.length} ${files.length === 1 ? 'file' : 'files'}`)
  const ended = await vitest(
    [
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      '--allowOnly=false',
      ...filters,
    ],
    ['ignore', 'inherit', 'inherit'],
  )
  const seconds = (performance.now() - start) / 1000
  return { project, seconds, ...sum({ project, files, ended, report: readJson(file), root }) }
}

const run = async (only, filters) => {
  install()
  mkdirSync(reports, { recursive: true })
  const projects = await plan(only, filters)
  const anyBut = (names) => [...projects.keys()].some((it) => !names.includes(it))
  if (anyBut(withoutBrowser)) installBrowsers()
  if (anyBut(withoutBuild)) build()
  const results = []
  for (const [project, files] of projects) results.push(await runProject(project, files, filters))
  return results
}

const sumLine = (results) => {
  const failed = results.reduce((all, { failures }) => all + failures.length, 0)
  const count = (what) => results.reduce((all, result) => all + result[what], 0)
  const skipped = count('skipped')
  return `${count('passed')} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`
}

const indent = (text) =>
  text
    .trim()
    .split('\n')
    .filter((line) => !/^ +at .*(node_modules|node:|new Promise|Array\.)/.test(line))
    .slice(0, 40)
    .join('\n    ')

const tell = (results) => {
  const failures = results.flatMap((it) => it.failures)
  console.log('')
  for (const result of results)
    console.log(`${result.project.padEnd(12)}${sumLine([result])}, ${result.seconds.toFixed(1)} s`)
  for (const { where, name, message } of failures)
    console.log(`\n✗ ${where}: ${name}\n    ${indent(message)}`)
  console.log(`\n${sumLine(results)}`)
  if (failures.length || !results.some((it) => it.passed)) process.exitCode = 1
}

/** Runs what the arguments ask for; sets the exit code. */
export const runTests = async (args) => {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { only: { type: 'string', default: '' }, help: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    if (values.help) return console.log(help)
    tell(await run(values.only.split(',').filter(Boolean), positionals))
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}\n`)
    console.log('0 passed, 1 failed')
    process.exitCode = 1
  }
}
