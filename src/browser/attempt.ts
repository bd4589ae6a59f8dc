// attempt.ts: work of ours whose failure is nobody's affair.

/** Runs `work`. @returns its result; undefined where it threw. Never throws. */
export const attempt = <Result>(work: () => Result): Result | undefined => {
  try {
    return work()
  } catch {
    return // a defect of ours, or what an engine does not bear, must not become an error of the page's
  }
}
