// Public API, made by `npm run api`. A change here is a change for users: see CONTRIBUTING.md.

/**
 * Keeps the active span over every micro- and macrotask that zone.js knows: give it to `startWith` as
 * an instrumentation. It works in all zones, `NgZone` included, and brings no zone.js of its own: where
 * the page has none it does nothing. Native `await` is invisible to zone.js; compile to ES2016, as
 * Angular does, or use @lightspan/await. Never throws.
 */
declare const zoneContext: () => () => () => void

export { zoneContext }
