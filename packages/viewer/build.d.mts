/** Builds into dist/; resolves with its path. Rejects where esbuild finds an error. */
export function buildViewer(): Promise<string>
/** Builds only where dist/ is missing or older than the sources. */
export function buildIfStale(): Promise<string>
