// size.d.mts: types of size.mjs, for the size test.

/** Allowed bytes per bundle, from budgets.json. */
export const budgets: Record<string, number>

/** Bundles and minifies a module given as text. Returns the code. */
export const bundle: (text: string, format?: 'es' | 'iife') => Promise<string>

/** The sources of which something is in the bundle of a module given as text. */
export const sourcesIn: (text: string) => Promise<string[]>

/** The script-tag bundle, to the byte what `npm run build` writes; or that of another entry, given as text. */
export const scriptBundle: (entry?: string) => Promise<string>

/** Bytes of every bundle that budgets.json bounds. */
export const sizes: () => Promise<Record<string, number>>

/** Bytes of a text after brotli at its best. */
export const brotli: (text: string) => number

/** Bytes of the script, and what those of its parts add to it together that see to it that spans arrive. */
export const arrivals: () => Promise<{ script: number; added: number }>
