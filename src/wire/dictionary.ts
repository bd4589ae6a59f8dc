// dictionary.ts: names and values that every party knows, so that they travel as a number.

/**
 * The dictionary of version 1. Entries are never moved or taken out; new ones go to the end, and
 * a batch says how many entries its writer knew (docs/wire.md, "The dictionary").
 */
export const dictionary = (): string[] =>
  (
    'service.name service.version deployment.environment.name telemetry.sdk.name ' +
    'telemetry.sdk.language telemetry.sdk.version user_agent.original browser.language session.id ' +
    'http.request.method http.response.status_code http.response.body.size url.full url.template ' +
    'server.address server.port network.protocol.version error.type exception exception.type ' +
    'exception.message exception.stacktrace browser.web_vital browser.web_vital.name ' +
    'browser.web_vital.value browser.web_vital.delta browser.web_vital.id ' +
    'browser.web_vital.rating browser.web_vital.navigation_type lightspan.context ' +
    'lightspan.ended_at lightspan.ended_by lightspan.interaction.id lightspan.navigation.type ' +
    'lightspan.open domainLookupStart domainLookupEnd connectStart secureConnectionStart ' +
    'connectEnd requestStart responseStart responseEnd domInteractive domContentLoadedEventEnd ' +
    'domComplete loadEventEnd lightspan webjs inferred headers navigate push GET POST good'
  ).split(' ')
