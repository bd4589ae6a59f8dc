// run.d.mts: types of run.mjs.

/** A running demo. */
export interface Demo {
  /** Origin of the collector, without a slash at its end. */
  collector: string
  /** Address of the shop. */
  shop: string
  /** Address of the viewer. */
  viewer: string
  /** Stops all its processes; resolves when they are gone. */
  stop: () => Promise<void>
}

export interface DemoOptions {
  /** 0: any free port. Default 4318. */
  collectorPort?: number
  /** 0: any free port. Default 8080. */
  shopPort?: number
  /** The collector's data folder; made if need be. */
  data: string
  /** Says nothing, neither of its own nor of its processes. */
  quiet?: boolean
  /** Where it says which port was taken. Default: the console, unless quiet. */
  say?: (line: string) => void
  /** Told where one of its processes ends by itself. */
  onFailure?: (message: string) => void
}

/**
 * Runs collector and shop. A port that is taken is told through `say`, and another taken.
 * @throws where one of its processes does not start, with what it said
 */
export const run: (options: DemoOptions) => Promise<Demo>
