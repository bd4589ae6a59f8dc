// standard.ts: what the script tag carries: the front door without what is opt-in.

export { everything, start } from './start.ts'
export { allParts } from './parts.ts'
export { errorSpans } from './instrument/errors.ts'
export { fetchSpans } from './instrument/fetch.ts'
export { inferredContext } from './instrument/guess.ts'
export { interactionSpans } from './instrument/interaction.ts'
export { loadSpans } from './instrument/load.ts'
export { navigationSpans } from './instrument/navigation.ts'
export { webVitals } from './instrument/vitals.ts'
export { xhrSpans } from './instrument/xhr.ts'
export { version } from './version.ts'
