// sum.mjs: what a runner has really done: passed, failed, skipped; what did not run or end has failed.

import { relative } from 'node:path'

const failure = (where, name, message) => ({ where, name, message })

// `pending` is vitest's word for what has begun and never ended: its worker is gone.
const messageOf = ({ status, failureMessages }) =>
  status === 'pending' ? 'It did not end.' : failureMessages.join('\n')

// A file may fail without any test of its own having failed: it did not load, or a hook threw.
const failuresOf = ({ name: file, status, message, assertionResults }, nameOf) => {
  const where = nameOf(file)
  const failed = assertionResults
    .filter((it) => it.status === 'failed' || it.status === 'pending')
    .map((it) => failure(where, it.fullName, messageOf(it)))
  return status === 'failed' && !failed.length
    ? [failure(where, 'the file as a whole', message || 'A hook failed, see above.')]
    : failed
}

/**
 * What one project's runner has really done, from its own report (vitest's JSON).
 * @param files that should have run, `ended` its exit code or signal, `root` what paths are told from
 */
export const sum = ({ project, files, ended, report, root }) => {
  const nameOf = (file) => relative(root, file)
  const results = report?.testResults ?? []
  const count = (...statuses) =>
    results.flatMap((it) => it.assertionResults).filter((it) => statuses.includes(it.status)).length
  const failures = results.flatMap((it) => failuresOf(it, nameOf))
  const ran = new Set(results.map((it) => it.name))
  for (const file of files)
    if (!ran.has(file))
      failures.push(failure(nameOf(file), 'the file as a whole', 'It did not run.'))
  if (ended !== 0 && !failures.length)
    failures.push(failure(project, 'the runner', `It ended with ${ended}, see above.`))
  return { passed: count('passed'), failures, skipped: count('skipped', 'todo', 'disabled') }
}
