// api-report.d.mts: types of api-report.mjs, for the API test.

/** Report in test/api/ → the built declarations that it shows. */
export const doors: Record<string, string>

/** What a report should say now. Rejects where the door is not built. */
export const reportOf: (name: string) => Promise<string>

/** Where a report is kept. */
export const pathOf: (name: string) => string

/** The reports that are kept. */
export const kept: () => string[]
