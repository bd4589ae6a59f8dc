// given.ts: options that may be made of `env`, which workers hand to their handler and not to their module.

/** Options, or a function that makes them of `env` (the handler's second argument), once per isolate. */
export type Given<Options, Env> = Options | ((env: Env) => Options)

/** Resolves options once. Throws what the function throws, and asks it again the next time. */
export const once = <Options, Env, Result>(
  given: Given<Options, Env>,
  build: (options: Options) => Result,
): ((env: Env) => Result) => {
  let built: { it: Result } | undefined
  return (env) =>
    (built ??= {
      it: build(typeof given == 'function' ? (given as (env: Env) => Options)(env) : given),
    }).it
}
