// feature-flag.ts: evaluations of feature flags, by OpenTelemetry's convention, and OpenFeature's hook for them.

import { addEvent } from './add-event.ts'
import type { Lightspan } from './handle.ts'

/** What a flag said (OTel `feature_flag.evaluation`). */
export interface FlagEvaluation {
  key: string
  /** Name of the value, such as `on` or `blue`. */
  variant?: string | undefined
  /** The value itself. Only text, numbers and booleans are recorded. */
  value?: unknown
  /** Why, such as `targeting_match`, `split`, `default`, `error`. */
  reason?: string | undefined
  /** Who evaluated it. */
  provider?: string | undefined
  /** Version of the rules. */
  version?: string | undefined
  /** What went wrong, such as `flag_not_found`. */
  errorType?: string | undefined
}

type Target = Pick<Lightspan, 'active' | 'startSpan'>

const plain = (value: unknown) =>
  typeof value == 'string' || typeof value == 'number' || typeof value == 'boolean'
    ? value
    : undefined

/** Notes on the active span, or on one of its own, what a feature flag said. Never throws. */
export const featureFlag = (lightspan: Target, evaluation: FlagEvaluation): void => {
  const { key, variant, value, reason, provider, version, errorType } = evaluation
  addEvent(lightspan, 'feature_flag.evaluation', {
    'feature_flag.key': key,
    'feature_flag.result.variant': variant,
    'feature_flag.result.value': plain(value),
    'feature_flag.result.reason': reason?.toLowerCase(),
    'feature_flag.provider.name': provider,
    'feature_flag.version': version,
    'error.type': errorType?.toLowerCase(),
  })
}

/** As much of OpenFeature's `Hook` as is needed. */
export interface FlagHook {
  finally: (
    context: { flagKey: string; providerMetadata: { name: string } },
    details?: {
      value?: unknown
      variant?: string | undefined
      reason?: string | undefined
      errorCode?: string | undefined
      flagMetadata?: Readonly<Record<string, unknown>> | undefined
    },
  ) => void
}

/**
 * A hook for OpenFeature's web SDK: `OpenFeature.addHooks(flagHook(lightspan))`. The evaluation's context, which may
 * name the user, is not recorded.
 */
export const flagHook = (lightspan: Target): FlagHook => ({
  finally: ({ flagKey, providerMetadata }, { errorCode, flagMetadata, ...details } = {}) => {
    const version = flagMetadata?.['version']
    featureFlag(lightspan, {
      ...details,
      key: flagKey,
      provider: providerMetadata.name,
      version: typeof version == 'string' ? version : undefined,
      errorType: errorCode,
    })
  },
})
