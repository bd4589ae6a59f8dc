// sum.d.mts: types of sum.mjs, for its test.

/** What one project's runner has really done, from its own report. */
export const sum: (parts: {
  project: string
  files: readonly string[]
  ended: number | string | null
  report: unknown
  root: string
}) => {
  passed: number
  skipped: number
  failures: { where: string; name: string; message: string }[]
}
